/** Several generators that share a load, each on its own machine or in its own process. */

/** Where runners run: as processes of this machine. */
export const runnerPlaces = ["local"] as const;
export type RunnerPlace = (typeof runnerPlaces)[number];

export interface Runners {
  readonly place: RunnerPlace;
  readonly count: number;
}

/** Above this, starting them takes longer than the lead-in. */
export const runnersMax = 64;

/** `4` or `local:4`; null for anything else. */
export function runnersFrom(text: string): Runners | null {
  const [, place = runnerPlaces[0], count = ""] = /^(?:([a-z]+):)?(\d{1,4})$/.exec(text) ?? [];
  const isPlace = (name: string): name is RunnerPlace =>
    (runnerPlaces as readonly string[]).includes(name);
  return isPlace(place) && Number(count) >= 1 ? { place, count: Number(count) } : null;
}
