/**
 * Faults without an effect: ended early, on unused links, or too small to distinguish from none.
 */
import { faults } from "../../targets/live-streaming/pack/faults.ts";
import { tinyExperiment } from "../support/targets/tiny.ts";
import { inMemory, planned as plannedFor } from "../support/simulated/in-memory.ts";
import {
  type Draft,
  healedAtMs,
  heldDraft,
  runOf,
  zeroMs,
  phaseMs,
} from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import type { Experiment, Step } from "../../harness/experiment/experiment.ts";
import type { Fault } from "../../harness/faults/faults.ts";
import type { ModelRequest, Simulation, TargetModel } from "../../harness/target/model.ts";
import type { RunEvent } from "../../harness/record/events.ts";
import { conduct } from "../../harness/run/conductor.ts";
import type { SimulatedDeployment } from "../../harness/substrates/simulated/deployment.ts";
import { type Honest, judged, type Lie, type LieGroup, type Outcome, planned } from "./lie.ts";

const lasted = "faults.lasted";
const used = "faults.traffic";
const fits = "record.fits";
const injectingMs = zeroMs + phaseMs + 3_950;

type Observed = Extract<RunEvent, { kind: "observed" }>;

function drafted(spoil: (draft: Draft) => void): Outcome {
  const draft = heldDraft();
  spoil(draft);
  return judged(judge(runOf(draft)));
}

/** Changes what was observed while the one fault was in force. */
const looking =
  (change: (event: Observed) => readonly Observed[]) =>
  (draft: Draft): void => {
    draft.events = draft.events.flatMap((event): readonly RunEvent[] =>
      event.kind === "observed" ? change(event) : [event],
    );
  };
const gone = (event: Observed, observation: string): Observed => ({
  ...event,
  evidence: { landed: false, observation },
  looks: 1,
  fromMs: event.fromMs + 3_000,
  untilMs: event.fromMs + 3_000,
});

/** The same run with a fault on a link that carried this much before and during the fault. */
function onLink(
  fault: Fault,
  before: number,
  during: number,
  metric: "link_bytes" | "link_connections" = "link_bytes",
): Outcome {
  const link = "region-a/edge>region-a/origin-read:http";
  return drafted((draft) => {
    const [step] = draft.plan.steps;
    if (step === undefined) throw new Error("the draft has a fault");
    const severs = fault.kind === "partition";
    draft.plan = {
      ...draft.plan,
      steps: [{ ...step, fault }],
      struck: [{ services: [], links: [link], lasts: true, severs }],
    };
    draft.events = draft.events.flatMap((event) =>
      event.kind === "exited" ? [] : ["fault" in event ? ({ ...event, fault } as RunEvent) : event],
    );
    const count = (name: string, startedMs: number, value: number): void =>
      void draft.samples.push({ metric: name, tags: { link }, startedMs, value });
    for (const [startedMs, value] of [
      [zeroMs, 0],
      [zeroMs + phaseMs, before],
      [injectingMs, 0],
      [healedAtMs - 490, during],
    ] as const) {
      count("link_connections", startedMs, metric === "link_connections" ? value : 0);
      count("link_bytes", startedMs, metric === "link_bytes" ? value : 0);
    }
  });
}

const slow: Fault = {
  kind: "latency",
  links: { from: { service: "region-a/edge" }, to: { kind: "origin-read" } },
  delayMs: 100,
  jitterMs: 20,
};
const cut: Fault = { kind: "partition", links: slow.links };
const narrow: Fault = { kind: "bandwidth", links: slow.links, bytesPerSecond: 1_000_000 };

const dead: Fault = { kind: "kill", service: "region-a/origin" };
const near = { from: { service: "region-a/edge" }, to: { service: "region-a/origin" } } as const;
const late: Fault = { kind: "latency", links: near, delayMs: 100, jitterMs: 0 };
const around = { ...tinyExperiment.blastRadius, services: ["region-a/origin", "region-a/edge"] };

/** A run of a tiny target in virtual time, with an event `afterMs` after its fault took effect. */
async function simulated(
  fault: Fault,
  meddle: (on: SimulatedDeployment) => void,
  model?: TargetModel,
  afterMs = 50,
): Promise<Outcome> {
  const step: Step = { atMs: 1_000, forMs: 3_000, fault };
  const target = { ...tinyExperiment.target, ...(model === undefined ? {} : { model }) };
  const one = inMemory(
    plannedFor({ ...tinyExperiment, target, blastRadius: around, method: [step] }, 1),
  );
  let deployment: SimulatedDeployment | null = null;
  const world = {
    ...one.world,
    abortReason: () => null,
    deploy: async (signal: AbortSignal) => {
      deployment = await one.world.deploy(signal);
      return deployment;
    },
    events: {
      event: (event: Parameters<typeof one.world.events.event>[0]) => {
        one.world.events.event(event);
        if (event.kind !== "injected") return;
        one.clock.after(afterMs, () => {
          one.clock.settled();
          if (deployment !== null) meddle(deployment);
        });
      },
    },
  };
  await one.clock.until(conduct(one.planned.plan, world, new AbortController().signal));
  return judged(judge(one.record.run(one.planned)));
}

/** Its edges reach origins at another address, past the proxy. */
function goingPast(model: TargetModel | undefined): TargetModel {
  if (model === undefined) throw new Error("the tiny target has a model");
  const past = (simulation: Simulation): Simulation => ({
    ...simulation,
    request: <T>(request: ModelRequest<T>) =>
      simulation.request({ ...request, port: request.from === null ? request.port : "past" }),
  });
  return { ...model, start: (simulation) => model.start(past(simulation)) };
}

const plan = (more: Partial<Experiment>): Outcome =>
  planned(() => plannedFor({ ...tinyExperiment, ...more }, 1));
const step = (more: Partial<Step>): Outcome =>
  plan({ method: [{ atMs: 1_000, forMs: 2_000, fault: dead, ...more }], blastRadius: around });
const { target } = tinyExperiment;

/** The tiny target, with some services that run already. */
function withRunning(name: string): Experiment["target"] {
  const layout = target.topologies["only"]?.layout();
  if (layout === undefined) throw new Error("the tiny target has a topology");
  const services = layout.services.map((service) =>
    service.name === name ? { ...service, at: { http: { host: "127.0.0.1", port: 1 } } } : service,
  );
  return {
    ...target,
    topologies: {
      only: { title: "one service runs already", layout: () => ({ ...layout, services }) },
    },
  };
}

const lies: readonly Lie[] = [
  {
    name: "supervised-service",
    says: "a supervisor restarts the killed service after 50 ms",
    caughtBy: lasted,
    plant: () =>
      simulated(
        dead,
        (on) =>
          void on
            .instance("region-a/origin")
            .start()
            .catch(() => undefined),
      ),
  },
  {
    name: "unpaused-service",
    says: "an operator resumes the paused service",
    caughtBy: lasted,
    plant: () =>
      simulated(
        { kind: "pause", service: "region-a/origin" },
        (on) => void on.instance("region-a/origin").resume(),
      ),
  },
  {
    name: "delay-taken-away",
    says: "an operator removes the link's delay during the fault",
    caughtBy: lasted,
    plant: () =>
      simulated(
        late,
        (on) => {
          for (const link of on.links) for (const delay of link.delays) link.unslow(delay);
        },
        undefined,
        1_200,
      ),
  },
  {
    name: "link-mended-early",
    says: "an operator restores the cut link before the harness does",
    caughtBy: lasted,
    plant: () =>
      simulated(
        { kind: "partition", links: near },
        (on) => {
          for (const link of on.links) void link.restore();
        },
        undefined,
        2_000,
      ),
  },
  {
    name: "gone-in-between",
    says: "the fault was absent in one observation and present in the next",
    caughtBy: lasted,
    plant: () =>
      drafted(
        looking((event) => [
          { ...event, untilMs: event.fromMs + 2_000 },
          gone(event, "region-a/origin-read answers"),
          { ...event, fromMs: event.untilMs - 1_000 },
        ]),
      ),
  },
  {
    name: "looked-at-once",
    says: "the fault was not observed after it began",
    caughtBy: lasted,
    plant: () => drafted(looking(() => [])),
  },
  {
    name: "last-look-long-ago",
    says: "the last observation was 4 s before the heal",
    caughtBy: lasted,
    plant: () => drafted(looking((event) => [{ ...event, untilMs: event.untilMs - 4_000 }])),
  },
  {
    name: "long-unwatched",
    says: "the fault was not observed for 6 s",
    caughtBy: lasted,
    plant: () => drafted(looking((event) => [{ ...event, longestGapMs: 6_000 }])),
  },
  {
    name: "seen-on-another-service",
    says: "the observations are of another service's fault",
    caughtBy: fits,
    plant: () =>
      drafted(
        looking((event) => [{ ...event, fault: { kind: "kill", service: "region-a/edge" } }]),
      ),
  },
  {
    name: "record-without-what-is-struck",
    says: "the plan does not list the services that its faults strike",
    caughtBy: lasted,
    plant: () =>
      drafted((draft) => {
        const { struck: _, ...rest } = draft.plan;
        draft.plan = rest;
      }),
  },
  {
    name: "link-past-the-proxy",
    says: "the target reaches its origin past the delaying proxy",
    caughtBy: used,
    plant: () => simulated(late, () => {}, goingPast(target.model)),
  },
  {
    name: "cut-past-the-proxy",
    says: "the target reaches its origin past the cut link",
    caughtBy: used,
    plant: () => simulated({ kind: "partition", links: near }, () => {}, goingPast(target.model)),
  },
  {
    name: "slow-link-unused",
    says: "the slow link was unused before the fault",
    caughtBy: used,
    plant: () => onLink(slow, 0, 50_000),
  },
  {
    name: "slow-link-left",
    says: "the target stopped using the slow link before the fault took effect",
    caughtBy: used,
    plant: () => onLink(slow, 50_000, 0),
  },
  {
    name: "cut-link-unused",
    says: "the cut link was unused before the fault",
    caughtBy: used,
    plant: () => onLink(cut, 0, 0),
  },
  {
    name: "limit-that-never-binds",
    says: "the link carries a thousandth of its bandwidth limit",
    caughtBy: used,
    plant: () => onLink(narrow, 20_000, 20_000),
  },
  {
    name: "fault-of-a-moment",
    says: "a fault of 1 ms",
    caughtBy: "too short for two checks",
    plant: () => step({ forMs: 1 }),
  },
  {
    name: "fault-at-the-very-end",
    says: "a fault in the last 10 ms of its phase",
    caughtBy: "too short for two checks",
    plant: () => step({ atMs: 5_990, forMs: 10 }),
  },
  {
    name: "delay-of-noise",
    says: "a delay of 8 ms, which the proxy itself can add",
    caughtBy: "within the proxy's own noise",
    plant: () => step({ fault: { ...late, delayMs: 8 } }),
  },
  {
    name: "delay-of-nothing",
    says: "a delay that the proxy rounds to zero",
    caughtBy: "within the proxy's own noise",
    plant: () => step({ fault: { ...late, delayMs: 0.001 } }),
  },
  {
    name: "jitter-of-noise",
    says: "a jitter of 1 ms",
    caughtBy: "within the proxy's own noise",
    plant: () => step({ fault: { ...late, jitterMs: 1 } }),
  },
  {
    name: "restart-loop-of-one",
    says: "a restart loop that ends before its second kill",
    caughtBy: "cannot be seen to die twice",
    plant: () =>
      step({ fault: { kind: "restartLoop", service: "region-a/origin", everyMs: 1_000 } }),
  },
  {
    name: "faults-that-touch",
    says: "a service is killed again while the harness restarts it",
    caughtBy: "healing takes time",
    plant: () =>
      plan({
        method: [
          { atMs: 500, forMs: 2_000, fault: dead },
          { atMs: 2_500, forMs: 2_000, fault: dead },
        ],
      }),
  },
  {
    name: "link-of-a-running-service",
    says: "the cut link belongs to an external service that does not use the proxy",
    caughtBy: "nothing gives it the address of the proxy",
    plant: () =>
      planned(() =>
        plannedFor(
          {
            ...tinyExperiment,
            target: withRunning("region-a/edge"),
            blastRadius: around,
            method: [{ atMs: 1_000, forMs: 2_000, fault: late }],
          },
          1,
        ),
      ),
  },
  {
    name: "slow-store-without-a-store",
    says: "a slow store in a layout without a declared store",
    caughtBy: "no declared link leads to a store",
    plant: () => step({ fault: faults.slowStore({ delayMs: 100, jitterMs: 0 }) }),
  },
];

const honest: readonly Honest[] = [
  {
    name: "whole-fault",
    says: "a service stays dead until it is restarted",
    plant: () => simulated(dead, () => {}),
  },
  {
    name: "whole-delay",
    says: "a link in use is slow until the heal",
    plant: () => simulated(late, () => {}),
  },
  { name: "short-fault", says: "a fault of 2 s", plant: () => step({ forMs: 2_000 }) },
  {
    name: "small-delay",
    says: "a delay of 20 ms",
    plant: () => step({ fault: { ...late, delayMs: 20 } }),
  },
  {
    name: "kept-connections",
    says: "all traffic uses connections from before the fault",
    plant: () => onLink(slow, 50_000, 50_000),
  },
  {
    name: "uncounted-bytes",
    says: "connections are counted, bytes are not",
    plant: () => onLink(slow, 12, 3, "link_connections"),
  },
  {
    name: "cut-link",
    says: "a link carries no traffic while it is cut",
    plant: () => onLink(cut, 50_000, 0),
  },
  {
    name: "binding-limit",
    says: "the link carries a fifth of its bandwidth limit",
    plant: () => onLink(narrow, 4_000_000, 2_000_000),
  },
  {
    name: "restart-loop",
    says: "a service in a restart loop is up at times",
    plant: () =>
      simulated({ kind: "restartLoop", service: "region-a/origin", everyMs: 600 }, () => {}),
  },
];

export const faultLies: LieGroup = { title: "faults", runs: "hermetic", lies, honest };
