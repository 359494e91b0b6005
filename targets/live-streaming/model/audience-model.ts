/** Who asks the target for something, by the name of the workload and of what it exports. */
import type { Simulation } from "../../../harness/core/model.ts";
import { Absent } from "./absent-model.ts";
import { Viewers, type Watched } from "./viewer-model.ts";

export type Behaviour = (lane: string, weight: number, done: () => void) => void;

interface Audience { readonly viewers: Viewers; readonly absent: Absent }

const behaviours = {
  "viewers.live": ({ viewers }) => (lane, weight, done) => viewers.live(lane, weight, false, false, done),
  "viewers.liveRoaming": ({ viewers }) => (lane, weight, done) => viewers.live(lane, weight, true, false, done),
  "viewers.liveInspecting": ({ viewers }) => (lane, weight, done) => viewers.live(lane, weight, true, true, done),
  "viewers.dvr": ({ viewers }) => (lane, weight, done) => viewers.dvr(lane, weight, false, done),
  "viewers.dvrRoaming": ({ viewers }) => (lane, weight, done) => viewers.dvr(lane, weight, true, done),
  "rewind.rewind": ({ viewers }) => (lane, weight, done) => viewers.rewind(lane, weight, done),
  "rewatch.rewatch": ({ viewers }) => (lane, weight, done) => viewers.rewatch(lane, weight, done),
  "absent.absent": ({ absent }) => (lane, weight, done) => absent.absent(lane, weight, done),
  "absent.fast": ({ absent }) => (lane, weight, done) => absent.fast(lane, weight, done),
} satisfies Readonly<Record<string, (audience: Audience) => Behaviour>>;

export const behaviourNames: readonly string[] = Object.keys(behaviours);

export function audienceOf(simulation: Simulation, edges: readonly Watched[]): ReadonlyMap<string, Behaviour> {
  const audience: Audience = { viewers: new Viewers(simulation, edges), absent: new Absent(simulation, edges) };
  return new Map(Object.entries(behaviours).map(([name, of]) => [name, of(audience)]));
}
