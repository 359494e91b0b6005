/** One witness recorded as two: a second copy of an observation is no second observation. */
import {
  type Draft,
  drop,
  heldDraft,
  runOf,
  type Sample,
  zeroMs,
} from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import { honest, inFault, lie, of, someOf } from "./drafts.ts";
import { type Honest, judged, type Lie, type LieGroup } from "./lie.ts";

const copied = "witnesses.copied";
const [one, other] = ["region-a/edge", "region-b/edge"];
type Chosen = (sample: Sample) => boolean;

/** Copies the chosen samples in place of those that match `instead`. */
function copy(
  draft: Draft,
  chosen: Chosen,
  instead: Chosen,
  to: (sample: Sample) => Partial<Sample>,
): void {
  const copies = draft.samples.filter(chosen).map((sample) => ({ ...sample, ...to(sample) }));
  drop(draft, instead);
  draft.samples.push(...copies);
}

const probes = (edge: string): Chosen => of("canary_ms", { entry: edge });
const asOther = ({ tags }: Sample): Partial<Sample> => ({ tags: { ...tags, entry: other } });
const copyProbes = (draft: Draft): void => copy(draft, probes(one), probes(other), asOther);

/**
 * The counters or resources of two services, read every 2 s: the second `laterMs` after the first.
 */
function readings(
  draft: Draft,
  metric: string,
  services: readonly string[],
  laterMs: number,
  value: (tick: number, service: number) => number,
): void {
  services.forEach((service, index) => {
    for (let tick = 0; tick < 32; tick++)
      draft.samples.push({
        metric,
        tags: { service, ...(metric === "io_bytes" ? { direction: "read" } : {}) },
        startedMs: zeroMs - 3_500 + 2_000 * tick + index * laterMs,
        value: value(tick, index),
      });
  });
}
const origins = ["region-a/origin-read", "region-b/origin-read"];
const counter = "origin_metadata_lookups_total";
const varied = (tick: number): number => 100 + ((37 * tick) % 101);

const lies: readonly Lie[] = [
  lie(
    "one-edge-probed-for-two",
    "the probes of one edge are those of the other",
    copied,
    copyProbes,
  ),
  {
    name: "one-edge-probed-for-two-in-virtual-time",
    says: "the same in a simulated run, whose clock jumps",
    caughtBy: copied,
    plant: () => {
      const draft = heldDraft();
      copyProbes(draft);
      return judged(judge(runOf(draft)));
    },
  },
  lie(
    "probed-for-two-while-it-counts",
    "in the fault alone, the probes of one edge are those of the other",
    copied,
    (draft) => copy(draft, inFault(probes(one)), inFault(probes(other)), asOther),
  ),
  lie("every-third-probe-copied", "one probe in three is one of the other edge", copied, (draft) =>
    copy(draft, someOf(probes(one), 1 / 3), someOf(probes(other), 1 / 3), asOther),
  ),
  lie(
    "probes-of-a-moment-later",
    "one edge's probes are the other's, each 90 ms later",
    copied,
    (draft) =>
      copy(draft, probes(one), probes(other), (sample) => ({
        ...asOther(sample),
        startedMs: sample.startedMs + 90,
      })),
  ),
  lie(
    "prober-who-asks-the-generator",
    "the waits of the prober are those that the generator measured",
    copied,
    (draft) =>
      copy(draft, someOf(of("segment_ms", { lane: "live" }), 0.2), probes(one), () => ({
        metric: "canary_ms",
        tags: { entry: one, lane: "live", outcome: "served" },
      })),
  ),
  lie("bodies-of-another-edge", "bodies of one edge are those of the other", copied, (draft) => {
    const seen = (edge: string): Chosen => of("body_seen", { by: "prober", entry: edge });
    copy(draft, seen(one), seen(other), asOther);
  }),
  lie(
    "bodies-that-viewers-looked-at",
    "the prober's body checks are those of viewers",
    copied,
    (draft) =>
      copy(
        draft,
        of("body_seen", { by: "user" }),
        of("body_seen", { by: "prober", entry: one }),
        ({ tags }) => ({ tags: { ...tags, by: "prober" } }),
      ),
  ),
  lie("one-pipeline-for-two", "the journal of one pipeline is the other's", copied, (draft) =>
    copy(
      draft,
      of("publish_ms", { pipeline: "a" }),
      of("publish_ms", { pipeline: "b" }),
      ({ tags }) => ({ tags: { ...tags, pipeline: "b", region: "region-b" } }),
    ),
  ),
  lie("one-counter-for-two", "one service's counter is the other's", copied, (draft) =>
    readings(draft, counter, origins, 0, varied),
  ),
  lie(
    "one-dull-counter-for-two",
    "it counts ten each time, and is read at the same microsecond",
    copied,
    (draft) => readings(draft, counter, origins, 0, () => 10),
  ),
  lie("one-process-for-two", "one edge's bytes read are the other's", copied, (draft) =>
    readings(draft, "io_bytes", [one, other], 0, (tick) => 1_000 * varied(tick)),
  ),
];

const honests: readonly Honest[] = [
  honest("services-that-mirror", "two stores count the same writes, each for itself", (draft) =>
    readings(draft, counter, origins, 3, varied),
  ),
  {
    name: "models-that-mirror",
    says: "two modelled stores count the same writes at one virtual moment",
    plant: () => {
      const draft = heldDraft();
      readings(draft, counter, origins, 0, varied);
      return judged(judge(runOf(draft)));
    },
  },
  honest("counters-at-rest", "two services count nothing all the time", (draft) =>
    readings(draft, counter, origins, 3, () => 0),
  ),
  honest("processes-at-rest", "two processes both read next to nothing", (draft) =>
    readings(draft, "io_bytes", origins, 0, (tick) => 73 + (tick % 4)),
  ),
  honest("processes-that-mirror", "two stores read the same, byte by byte", (draft) =>
    readings(draft, "io_bytes", origins, 0, (tick) => 1_000 * varied(tick)),
  ),
  {
    name: "loads-that-are-due-at-once",
    says: "in virtual time every fourth request of one load ends with one of the other",
    plant: () => {
      const draft = heldDraft();
      ["ad", "telemetry"].forEach((batch, index) => {
        for (let tick = 0; tick < 160; tick++)
          draft.samples.push({
            metric: "batch_ms",
            tags: { of: batch, lane: "ingest", outcome: "taken" },
            startedMs: zeroMs + 300 * tick,
            value: 20 + (tick % 17) + (tick % 4 === 0 ? 0 : index),
          });
      });
      return judged(judge(runOf(draft)));
    },
  },
  {
    name: "players-that-never-stall",
    says: "two modelled players are looked at together, and neither waits",
    plant: () => {
      const draft = heldDraft();
      for (const player of ["player-1", "player-2"])
        for (let tick = 0; tick < 50; tick++)
          draft.samples.push({
            metric: "player_stall_ms",
            tags: { player, cause: "buffer" },
            startedMs: zeroMs + 1_000 * tick,
            value: 0,
          });
      return judged(judge(runOf(draft)));
    },
  },
  honest("as-fast-as-each-other", "every probe of both edges takes as long", (draft) => {
    draft.samples = draft.samples.map((sample) =>
      sample.metric === "canary_ms" ? { ...sample, value: 20 } : sample,
    );
  }),
];

export const copiedWitnesses: LieGroup = {
  title: "one witness recorded twice",
  runs: "hermetic",
  lies,
  honest: honests,
};
