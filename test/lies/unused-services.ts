/** Faults without an effect, because the killed or paused service has no users. */
import type { Link } from "../../harness/target/layout.ts";
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
import type { Idle, RunEvent } from "../../harness/record/events.ts";
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

/** A link of the affected service, with its traffic without load and before the fault. */
const checkedLink: Link = { from: "region-b/edge", to: struckService, port: "http" };
interface Passed {
  /** In 2.5 s without load, and in the seconds before the fault. */
  readonly idle: { readonly connections: number; readonly bytes?: number };
  readonly loaded: { readonly connections: number; readonly bytes?: number };
}

function over(link: Link, { idle, loaded }: Passed): (draft: Draft) => void {
  return (draft) => {
    const name = `${link.from}>${link.to}:${link.port}`;
    draft.plan = {
      ...draft.plan,
      links: [link],
      struck: (draft.plan.struck ?? []).map((one) => ({
        ...one,
        use: (one.use ?? []).map((use) => ({ ...use, links: [name] })),
      })),
    };
    counting(draft, { links: [{ link: name, ...idle }], counters: [] });
    drop(draft, ({ metric }) => metric === "link_connections");
    for (const [metric, value = 0] of [
      ["link_connections", loaded.connections],
      ["link_bytes", loaded.bytes],
    ] as const)
      for (const startedMs of [zeroMs + 5_000, zeroMs + 15_000, healedAtMs + 5_000])
        draft.samples.push({ metric, tags: { link: name }, startedMs, value });
  };
}

function counting(draft: Draft, of: Omit<Idle, "forMs">): void {
  draft.events = draft.events.map((event) =>
    event.kind === "loadStarted" ? { ...event, idle: { forMs: 2_500, ...of } } : event,
  );
}

/** The affected service counts requests: first in 2.5 s without load, then in 2 s of load. */
const answering = (idle: number, loaded: number): Outcome =>
  shownBy({ counters: ["worker_http_requests_total"] }, (draft) => {
    draft.plan = { ...draft.plan, links: [checkedLink] };
    const of = { service: struckService, metric: "worker_http_requests_total" };
    counting(draft, { links: [], counters: [{ ...of, by: idle }] });
    counted(of.metric, { service: struckService }, () => loaded)(draft);
  });

/** A fault on the link instead. */
const slowed = (passed: Passed, link = checkedLink): Outcome =>
  drafted((draft) => {
    over(link, passed)(draft);
    const [step] = draft.plan.steps;
    const fault: Fault = {
      kind: "latency",
      links: { from: { service: checkedLink.from }, to: { service: checkedLink.to } },
      delayMs: 100,
      jitterMs: 20,
    };
    if (step === undefined) throw new Error("the draft has a fault");
    draft.plan = {
      ...draft.plan,
      steps: [{ ...step, fault }],
      struck: [
        {
          services: [],
          links: [`${checkedLink.from}>${checkedLink.to}:http`],
          lasts: true,
          severs: false,
        },
      ],
    };
    draft.events = draft.events.flatMap((event) =>
      event.kind === "exited" ? [] : ["fault" in event ? ({ ...event, fault } as RunEvent) : event],
    );
    const tags = { link: `${checkedLink.from}>${checkedLink.to}:http` };
    const { connections, bytes = 0 } = passed.loaded;
    const isUsed = connections + bytes > 0;
    for (const [metric, value] of [
      ["link_connections", 8],
      ["link_bytes", 4_000],
    ] as const)
      for (const startedMs of [zeroMs + phaseMs + 3_960, healedAtMs - 490])
        draft.samples.push({ metric, tags, startedMs, value: isUsed ? value : 0 });
  });

const lies: readonly Lie[] = [
  {
    name: "asked-for-its-health-alone",
    says: "edges look each second whether the killed origin lives, and ask nothing else of it",
    caughtBy: inUse,
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 2, bytes: 1_000 },
          loaded: { connections: 10, bytes: 5_000 },
        }),
      ),
  },
  {
    name: "asked-for-its-health-very-often",
    says: "a balancer looks at the killed origin ten times a second on a kept connection",
    caughtBy: inUse,
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 0, bytes: 12_500 },
          loaded: { connections: 0, bytes: 52_000 },
        }),
      ),
  },
  {
    name: "asked-for-its-health-now-and-then",
    says: "the one check in five seconds comes after the idle time",
    caughtBy: inUse,
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 0, bytes: 0 },
          loaded: { connections: 2, bytes: 1_200 },
        }),
      ),
  },
  {
    name: "counts-its-health-checks",
    says: "the killed origin counts five requests a second, all of them health checks",
    caughtBy: inUse,
    plant: () => answering(12, 12),
  },
  {
    name: "slow-link-of-health-checks",
    says: "nothing but health checks passes the link that is slow",
    caughtBy: "faults.traffic",
    plant: () =>
      slowed({
        idle: { connections: 3, bytes: 1_200 },
        loaded: { connections: 10, bytes: 4_000 },
      }),
  },
  {
    name: "own-work-that-nobody-does",
    says: "the slow link is declared as own work, and carries nothing before the fault",
    caughtBy: "faults.traffic",
    plant: () =>
      slowed(
        { idle: { connections: 0, bytes: 0 }, loaded: { connections: 0, bytes: 0 } },
        { ...checkedLink, ownWork: true },
      ),
  },
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
    name: "asked-and-checked",
    says: "health checks go on, and users make the origin send more",
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 2, bytes: 1_000 },
          loaded: { connections: 12, bytes: 90_000 },
        }),
      ),
  },
  {
    name: "asked-a-little",
    says: "users make small requests, each on a connection of its own",
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 0, bytes: 0 },
          loaded: { connections: 60, bytes: 9_000 },
        }),
      ),
  },
  {
    name: "fed-with-and-without-users",
    says: "a packager publishes into the killed origin, whether or not anybody watches",
    plant: () =>
      drafted(
        over(
          { ...checkedLink, from: "region-b/packager" },
          {
            idle: { connections: 0, bytes: 15_000 },
            loaded: { connections: 0, bytes: 60_000 },
          },
        ),
      ),
  },
  {
    name: "carries-much-with-and-without-users",
    says: "one store writes to the killed one all the time, far more than checks do",
    plant: () =>
      drafted(
        over(checkedLink, {
          idle: { connections: 0, bytes: 900_000 },
          loaded: { connections: 0, bytes: 3_600_000 },
        }),
      ),
  },
  {
    name: "uncounted-bytes-of-a-kept-connection",
    says: "the system counts no bytes, and the one connection is kept",
    plant: () =>
      drafted(over(checkedLink, { idle: { connections: 1 }, loaded: { connections: 1 } })),
  },
  {
    name: "counts-users-too",
    says: "the killed origin counts its health checks, and ten users a second",
    plant: () => answering(12, 36),
  },
  {
    name: "slow-link-in-use",
    says: "the slow link carries what users ask for beside the checks",
    plant: () =>
      slowed({
        idle: { connections: 3, bytes: 1_200 },
        loaded: { connections: 10, bytes: 400_000 },
      }),
  },
  {
    name: "slow-link-of-replication",
    says: "the slow link carries a little with and without users, and is declared as own work",
    plant: () =>
      slowed(
        {
          idle: { connections: 0, bytes: 1_200 },
          loaded: { connections: 1, bytes: 4_000 },
        },
        { ...checkedLink, ownWork: true },
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
