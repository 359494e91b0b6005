/**
 * All that testing a live stream takes, beyond the harness: any streaming target can bring it
 * along.
 * It imports nothing of the target beside it.
 */
import type { FaultKinds } from "../../../harness/target/fault.ts";
import type { Pack } from "../../../harness/target/pack.ts";
import { introduce } from "../../../harness/target/packs.ts";
import { charts } from "./charts.ts";
import * as faults from "./faults/registry.ts";
import { harm } from "./harm.ts";
import { metrics } from "./metrics.ts";
import { StreamProbes } from "./probes/stream-probes.ts";
import { WatchingPlayers } from "./players/watching.ts";
import { VirtualStreamProbes } from "./probes/virtual-probes.ts";
import { reportsOf } from "./reports.ts";
import { tagValues } from "./tag-values.ts";
import { wishesOf } from "./wishes.ts";
import { trafficClasses } from "./traffic-classes.ts";

export const streaming: Pack = {
  name: "live-streaming",
  trafficClasses,
  harm,
  metrics,
  charts,
  faults: faults as unknown as FaultKinds,
  tagValues,
  askedAlike: { live: ["viewers", "sessions"], dvr: ["viewers"] },
  wishes: wishesOf,
  reports: reportsOf,
  blindSpots: ({ stream }) =>
    stream === undefined || stream.digestHeader !== undefined
      ? []
      : [
          "this target sends no checksum: viewers and the prober check that bodies are segments, " +
            "not that they are the right ones",
        ],
  probes: (context) => new StreamProbes(context),
  virtualProbes: (context) => new VirtualStreamProbes(context),
  players: {
    obstacle: ({ manifestPath }) =>
      manifestPath === undefined ? "this target does not say where its manifest is" : null,
    open: (context) => WatchingPlayers.open(context),
  },
};

// Whoever loads it can read records of such targets, as they name their pack.
introduce(streaming);
