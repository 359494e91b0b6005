/** The modelled clients of the target, by workload and exported function. */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { Absent } from "./absent-model.ts";
import { Devices } from "./device-model.ts";
import type { Watched } from "./fetch-model.ts";
import type { Gateway } from "./gateway-model.ts";
import { Sessions } from "./session-model.ts";
import { dvrDeadlineMs, liveDeadlineMs, Viewers } from "./viewer-model.ts";
import { Watching } from "./watch-model.ts";

export type Behaviour = (iteration: Iteration, done: () => void) => void;

interface Audience {
  readonly viewers: Viewers;
  readonly watching: Watching;
  readonly absent: Absent;
  readonly devices: Devices;
  readonly sessions: Sessions;
}

/** Clients of edges, whose copies serve any number. */
const crowds = {
  "viewers.live":
    ({ viewers }) =>
    (one, done) =>
      viewers.live(one, false, false, done),
  "viewers.liveRoaming":
    ({ viewers }) =>
    (one, done) =>
      viewers.live(one, true, false, done),
  "viewers.liveInspecting":
    ({ viewers }) =>
    (one, done) =>
      viewers.live(one, true, true, done),
  "viewers.dvr":
    ({ viewers }) =>
    (one, done) =>
      viewers.dvr(one, false, done),
  "viewers.dvrRoaming":
    ({ viewers }) =>
    (one, done) =>
      viewers.dvr(one, true, done),
  "rewind.rewind":
    ({ viewers }) =>
    (one, done) =>
      viewers.rewind(one, done),
  "rewatch.rewatch":
    ({ viewers }) =>
    (one, done) =>
      viewers.rewatch(one, done),
  "watch.watch":
    ({ watching }) =>
    (one, done) =>
      watching.watch(one, done),
  "replay.live":
    ({ viewers }) =>
    (one, done) =>
      viewers.replayed(one, liveDeadlineMs, done),
  "replay.dvr":
    ({ viewers }) =>
    (one, done) =>
      viewers.replayed(one, dvrDeadlineMs, done),
  "absent.absent":
    ({ absent }) =>
    (one, done) =>
      absent.absent(one, done),
  "absent.fast":
    ({ absent }) =>
    (one, done) =>
      absent.fast(one, done),
} satisfies Readonly<Record<string, (audience: Audience) => Behaviour>>;

/** Clients of gateways, each of which costs work. */
const oneByOne = {
  "starts.play":
    ({ devices }) =>
    (one, done) =>
      devices.play(one, done),
  "starts.prefetch":
    ({ devices }) =>
    (one, done) =>
      devices.prefetch(one, done),
  "devices.device":
    ({ devices }) =>
    (one, done) =>
      devices.device(one, done),
  "events.ads":
    ({ devices }) =>
    (one, done) =>
      devices.report("ad", one, done),
  "events.telemetry":
    ({ devices }) =>
    (one, done) =>
      devices.report("telemetry", one, done),
  "sessions.live":
    ({ sessions }) =>
    (one, done) =>
      sessions.live(one, done),
} satisfies Readonly<Record<string, (audience: Audience) => Behaviour>>;

export const oneByOneNames: readonly string[] = Object.keys(oneByOne);
export const behaviourNames: readonly string[] = [...Object.keys(crowds), ...oneByOneNames];

export function audienceOf(
  simulation: Simulation,
  edges: readonly Watched[],
  gateways: readonly Gateway[],
): ReadonlyMap<string, Behaviour> {
  const viewers = new Viewers(simulation, edges);
  const audience: Audience = {
    viewers,
    watching: new Watching(simulation, edges),
    absent: new Absent(simulation, edges),
    devices: new Devices(simulation, gateways),
    sessions: new Sessions(simulation, viewers, edges, gateways),
  };
  return new Map(
    Object.entries({ ...crowds, ...oneByOne }).map(([name, of]) => [name, of(audience)]),
  );
}
