/**
 * All that a test of a live stream needs beyond the harness, usable by any streaming target. It
 * imports nothing of the target beside it.
 */
import { join } from "node:path";
import type { FaultKinds } from "../../../harness/target/fault.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import type { Pack } from "../../../harness/target/pack.ts";
import { introduce } from "../../../harness/target/packs.ts";
import { charts } from "./charts.ts";
import * as faults from "./faults/registry.ts";
import { harm } from "./harm.ts";
import { metrics } from "./metrics.ts";
import { StreamProbes } from "./probes/stream-probes.ts";
import { audienceProblems } from "./viewer/audience.ts";
import { WatchingPlayers } from "./players/watching.ts";
import { VirtualStreamProbes } from "./probes/virtual-probes.ts";
import { ofStreamBefore } from "./older.ts";
import { bodiesOf, factsOf } from "./stream/bodies-of-stream.ts";
import { readSource } from "./source/read-source.ts";
import { isUnread, type Stream, streamOf } from "./stream/stream.ts";
import { recorded } from "./recorded/recorded.ts";
import { reportsOf } from "./reports.ts";
import { tagValues } from "./tag-values.ts";
import { randomRequestsOf } from "./random-requests.ts";
import { trafficClasses } from "./traffic-classes.ts";

/** Undefined if the layout has no stream. */
function given<T>(layout: Layout, of: (stream: Stream) => T): T | undefined {
  return layout.content === undefined ? undefined : of(streamOf(layout));
}

export const streaming: Pack = {
  name: "live-streaming",
  trafficClasses,
  harm,
  workloads: join(import.meta.dirname, "workloads"),
  metrics,
  charts,
  faults: faults as unknown as FaultKinds,
  tagValues,
  recorded,
  drawEntries: ["viewers"],
  askedAlike: { live: ["viewers", "sessions"], dvr: ["viewers"] },
  wishes: randomRequestsOf,
  reports: reportsOf,
  reader: {
    isDue: (layout) => given(layout, isUnread) === true,
    read: readSource,
  },
  bodies: (layout) => given(layout, bodiesOf),
  facts: (layout) => given(layout, factsOf) ?? [],
  older: ofStreamBefore,
  blindSpots: (layout) =>
    given(layout, ({ digestHeader }) => digestHeader) !== undefined || layout.content === undefined
      ? []
      : [
          "this target sends no checksum: viewers and the prober check that bodies are segments, " +
            "not that they are the right ones",
        ],
  loadProblems: ({ workload, env = {} }, layout) =>
    workload === "watch" ? (given(layout, (stream) => audienceProblems(env, stream)) ?? []) : [],
  probes: (context) => new StreamProbes(context),
  virtualProbes: (context) => new VirtualStreamProbes(context),
  players: {
    obstacle: (layout) =>
      given(layout, ({ manifestPath }) => manifestPath) === undefined
        ? "this target does not say where its manifest is"
        : null,
    open: (context) => WatchingPlayers.open(context),
  },
};

// Records name their pack. A program that loads this module can read records of such targets.
introduce(streaming);
