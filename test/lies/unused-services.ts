/** Faults without an effect, because the killed or paused service has no users. */
import { tinyExperiment } from "../support/targets/tiny.ts";
import { inMemory, planned as plannedFor } from "../support/simulated/in-memory.ts";
import {
  type Draft,
  drop,
  healedAtMs,
  heldDraft,
  phaseMs,
  runOf,
  zeroMs,
} from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Tags } from "../../harness/metrics/tags.ts";
import type { Fault } from "../../harness/faults/faults.ts";
import type { Use } from "../../harness/target/fault.ts";
import { conduct } from "../../harness/run/conductor.ts";
import { type Honest, judged, type Lie, type LieGroup, type Outcome, planned } from "./lie.ts";

const inUse = "faults.use";
const { target } = tinyExperiment;

/** A run of a tiny target in virtual time. */
async function conducted(more: Partial<Experiment>): Promise<Outcome> {
  const one = inMemory(plannedFor({ ...tinyExperiment, ...more }, 1));
  const world = { ...one.world, abortReason: () => null };
  await one.clock.until(conduct(one.planned.plan, world, new AbortController().signal));
  return judged(judge(one.record.run(one.planned)));
}

function drafted(spoil: (draft: Draft) => void): Outcome {
  const draft = heldDraft();
  spoil(draft);
  return judged(judge(runOf(draft)));
}

/** The tiny target with one more origin, to which edges have a link that they do not use. */
function withSpare(
  spare: { readonly standby?: boolean; readonly isLinked?: boolean } = {},
): Experiment["target"] {
  const layout = target.topologies["only"]?.layout();
  const origin = layout?.services.find(({ name }) => name === "region-a/origin");
  if (layout === undefined || origin === undefined) throw new Error("the tiny target has origins");
  const { isLinked = true, ...more } = spare;
  const services = [...layout.services, { ...origin, ...more, name: "region-a/spare", host: 40 }];
  const link = { from: "region-a/edge", to: "region-a/spare", port: "http" };
  const links = isLinked ? [...layout.links, link] : layout.links;
  return {
    ...target,
    topologies: { only: { title: "one to spare", layout: () => ({ ...layout, services, links }) } },
  };
}

/** A fault on the unused origin. */
const onSpare = (kind: "kill" | "pause", of: Experiment["target"]): Promise<Outcome> =>
  conducted({
    target: of,
    blastRadius: { services: ["region-a/spare"], faultsAtOnceMax: 1 },
    method: [{ atMs: 1_000, forMs: 3_000, fault: { kind, service: "region-a/spare" } as Fault }],
  });

/** The synthetic run, whose killed service shows its use by means other than a link. */
const shownBy = (use: Partial<Use>, samples: (draft: Draft) => void): Outcome =>
  drafted((draft) => {
    draft.plan = {
      ...draft.plan,
      struck: (draft.plan.struck ?? []).map((one) => ({
        ...one,
        use: (one.use ?? []).map((own) => ({ ...own, links: [], ...use })),
      })),
    };
    drop(draft, ({ metric }) => metric === "link_connections");
    samples(draft);
  });
const counted =
  (metric: string, tags: Tags, value: (atMs: number) => number): ((d: Draft) => void) =>
  (draft) => {
    for (let startedMs = zeroMs - 2_000; startedMs < zeroMs + 3 * phaseMs; startedMs += 2_000)
      draft.samples.push({ metric, tags, startedMs, value: value(startedMs) });
  };
const struckService = "region-a/origin-read";

const lies: readonly Lie[] = [
  {
    name: "kill-of-what-nobody-asks",
    says: "the killed origin never had a request from an edge",
    caughtBy: inUse,
    plant: () => onSpare("kill", withSpare()),
  },
  {
    name: "pause-of-what-nobody-asks",
    says: "the paused origin never had a request from an edge",
    caughtBy: inUse,
    plant: () => onSpare("pause", withSpare()),
  },
  {
    name: "used-only-afterwards",
    says: "the killed service gets its first request after its return",
    caughtBy: inUse,
    plant: () =>
      drafted((draft) =>
        drop(
          draft,
          ({ metric, startedMs }) => metric === "link_connections" && startedMs < healedAtMs,
        ),
      ),
  },
  {
    name: "counts-only-the-harness",
    says: "the killed service's only requests are those for its counters",
    caughtBy: inUse,
    plant: () =>
      shownBy(
        { counters: ["worker_http_requests_total"] },
        counted("worker_http_requests_total", { service: struckService }, () => 1),
      ),
  },
  {
    name: "stands-still-beside",
    says: "the killed worker reads and writes nothing before the kill",
    caughtBy: inUse,
    plant: () =>
      shownBy(
        { bytes: true },
        counted("io_bytes", { service: struckService, direction: "written" }, (atMs) =>
          atMs > healedAtMs ? 4_096 : 0,
        ),
      ),
  },
  {
    name: "nobody-could-see-its-use",
    says: "the killed service has neither a known link nor a known counter",
    caughtBy: "the record could not show that",
    plant: () =>
      planned(() =>
        plannedFor(
          {
            ...tinyExperiment,
            target: withSpare({ isLinked: false }),
            blastRadius: { services: ["region-a/spare"], faultsAtOnceMax: 1 },
            method: [
              { atMs: 1_000, forMs: 2_000, fault: { kind: "kill", service: "region-a/spare" } },
            ],
          },
          1,
        ),
      ),
  },
];

const honest: readonly Honest[] = [
  {
    name: "declared-standby",
    says: "the killed service is declared as a standby",
    plant: () => onSpare("kill", withSpare({ standby: true })),
  },
  {
    name: "background-loop",
    says: "the killed packager gets no requests, and publishes all the time",
    plant: () =>
      conducted({
        blastRadius: { services: ["region-a/packager"], faultsAtOnceMax: 1 },
        method: [
          { atMs: 1_000, forMs: 3_000, fault: { kind: "pause", service: "region-a/packager" } },
        ],
        hypothesis: tinyExperiment.hypothesis.filter(({ title }) => title === "collapsed"),
      }),
  },
  {
    name: "worker-that-counts",
    says: "the killed worker has no link, and its work increments its counter",
    plant: () =>
      shownBy(
        { counters: ["worker_jobs_total"] },
        counted("worker_jobs_total", { service: struckService }, () => 12),
      ),
  },
  {
    name: "worker-that-only-writes",
    says: "the killed worker has neither link nor counter, and writes a file at times",
    plant: () =>
      shownBy(
        { bytes: true },
        counted("io_bytes", { service: struckService, direction: "written" }, (atMs) =>
          atMs % 6_000 === 0 ? 512 : 0,
        ),
      ),
  },
];

export const unusedServices: LieGroup = {
  title: "a fault without an effect",
  runs: "hermetic",
  lies,
  honest,
};
