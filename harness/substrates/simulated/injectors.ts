/**
 * Faults in virtual time. Each acts on the model's nodes and links, and is proven by an observation of the same kind as the real injector's:
 * what refuses, what stands still, what takes longer.
 */
import { type Fault, type FaultKind, faultKinds, type FaultOf, linksStruck, servicesStruck } from "../../core/faults.ts";
import { inject } from "../../core/injection.ts";
import type { TargetModel } from "../../core/model.ts";
import { operatorAct } from "../../core/operator-act.ts";
import type { Deployment, Injection, InjectionContext, Injectors, Support } from "../../core/ports.ts";
import type { Evidence } from "../../core/run.ts";
import type { SimulatedDeployment, SimulatedInstance } from "./deployment.ts";
import type { Delay, SimulatedLink } from "./network.ts";

/** What is done at once is also seen at once. */
interface Course { act(): Promise<void>; prove(): Evidence | Promise<Evidence>; look?(): Evidence | Promise<Evidence>; undo(): Promise<void>; proveHealed(): Evidence | Promise<Evidence> }
type CourseOf = (fault: Fault, on: SimulatedDeployment, context: InjectionContext) => Course;

const said = (landed: boolean, observation: string): Evidence => ({ landed, observation });
const names = (struck: readonly SimulatedInstance[]): string => struck.map((instance) => instance.service.name).join(", ") || "nothing";

/** kill, zoneLoss, regionLoss. */
const death: CourseOf = (fault, on) => {
  const struck = struckBy(fault, on);
  const alive = struck.filter((instance) => instance.pid !== null).length;
  const isDead = (): boolean => struck.every((instance) => instance.pid === null && !instance.node.ready);
  return {
    act: async () => void (await Promise.all(struck.map((instance) => instance.kill()))),
    look: () => said(isDead(), isDead() ? `the simulated processes of ${names(struck)} are gone` : `not all of ${names(struck)} stayed dead`),
    prove: () => (alive < struck.length || alive === 0 ? said(false, `of ${names(struck)} not everything was running, so there was nothing to kill`)
      : said(struck.every((instance) => !instance.node.ready), `the simulated processes of ${names(struck)} are gone, and connections are refused`)),
    undo: async () => void (await Promise.all(struck.filter((instance) => instance.pid === null).map((instance) => instance.start()))),
    proveHealed: () => said(struck.every((instance) => instance.node.ready), `${names(struck)} ${struck.length === 1 ? "is" : "are"} ready again`),
  };
};

const pause: CourseOf = (fault, on) => {
  const struck = struckBy(fault, on);
  const still = (): Evidence => said(struck.every((instance) => instance.state === "paused"), `${names(struck)} stands still and gives no reply`);
  return {
    act: async () => void (await Promise.all(struck.map((instance) => instance.pause()))),
    prove: still, look: still,
    undo: async () => void (await Promise.all(struck.map((instance) => instance.resume()))),
    proveHealed: () => said(struck.every((instance) => instance.state === "running"), `${names(struck)} is running and answers`),
  };
};

const blackhole: CourseOf = (fault, on) => {
  const struck = struckBy(fault, on);
  const { zone } = fault as unknown as { readonly zone: string };
  let reconnect = async (): Promise<void> => {};
  const silent = (): Evidence => said(struck.length > 0 && on.network.cutOff.has(zone) && struck.every((instance) => instance.state === "running"),
    `${names(struck)} is running, and no packet reaches or leaves ${zone}`);
  return {
    act: async () => { reconnect = await on.disconnect(zone); }, undo: () => reconnect(),
    prove: silent, look: silent,
    proveHealed: () => said(!on.network.cutOff.has(zone) && struck.every((instance) => instance.state === "running"), `${names(struck)} is running and answers`),
  };
};

/** latency, slowStore. */
const delay: CourseOf = (fault, on) => {
  const links = linksOf(fault, on);
  const own: Delay = { delayMs: (fault as unknown as Delay).delayMs, jitterMs: (fault as unknown as Delay).jitterMs };
  return {
    act: async () => { for (const link of links) link.slow(own); },
    prove: () => said(links.length > 0, `exchanges over ${links.length} links take ${own.delayMs} ms longer`),
    look: () => said(links.every((link) => link.delays.has(own)), `exchanges over ${links.length} links take ${own.delayMs} ms longer`),
    undo: async () => { for (const link of links) link.unslow(own); },
    proveHealed: () => said(links.every((link) => !link.delays.has(own)), `exchanges over ${links.length} links are as quick as before`),
  };
};

const partition: CourseOf = (fault, on) => {
  const links = linksOf(fault, on);
  const isCut = (): Evidence => said(links.length > 0 && links.every((link) => link.isCut), `${links.length} links refuse connections, the services at both ends live`);
  return {
    act: async () => void (await Promise.all(links.map((link) => link.cut()))), undo: async () => void (await Promise.all(links.map((link) => link.mend()))),
    prove: isCut, look: isCut,
    proveHealed: () => said(links.every((link) => !link.isCut), `${links.length} links take connections again`),
  };
};

/** For a start, which takes as long as the model says. */
const slackMs = 5_000;

/** Over and over until it is healed. */
const restartLoop: CourseOf = (fault, on, { clock }) => {
  const struck = struckBy(fault, on);
  const { everyMs } = fault as unknown as { readonly everyMs: number };
  const stop = new AbortController();
  let looping: Promise<void> = Promise.resolve();
  let deaths = 0;
  let lastDeathMs = Number.NEGATIVE_INFINITY;
  const died = (): void => {
    deaths++;
    lastDeathMs = clock.monotonicMs();
  };
  const loop = async (): Promise<void> => {
    try {
      for (;;) {
        await clock.sleep(everyMs, stop.signal);
        await Promise.all(struck.map((instance) => instance.kill()));
        died();
        await Promise.all(struck.map((instance) => instance.start()));
      }
    } catch {
      // it was told to stop, or the run has ended it
    }
  };
  return {
    act: async () => {
      await Promise.all(struck.map((instance) => instance.kill()));
      died();
      looping = Promise.all(struck.map((instance) => instance.start())).then(loop, () => {});
    },
    prove: () => said(deaths > 0, `${names(struck)} was killed and starts again every ${everyMs} ms`),
    look: () => said(clock.monotonicMs() - lastDeathMs <= 2 * everyMs + slackMs, `${names(struck)} was killed ${deaths} times`),
    undo: async () => {
      stop.abort();
      await looping;
      await Promise.all(struck.filter((instance) => instance.pid === null).map((instance) => instance.start()));
    },
    proveHealed: () => said(struck.every((instance) => instance.node.ready), `${names(struck)} is ready after ${deaths} restarts`),
  };
};

/** coldCache, of which nothing stays in force; badSegments, which are called off. */
const operation = (name: string, undoing: string | null): CourseOf => (fault, on) => {
  const struck = struckBy(fault, on);
  const { defect = "", segments = 1 } = fault as { readonly defect?: string; readonly segments?: number };
  const perform = (what: string, parameters = {}): Promise<boolean> =>
    Promise.all(struck.map((instance) => instance.operate(what, parameters))).then(() => true, () => false);
  let done = false;
  return {
    act: async () => { done = await perform(name, { kind: defect, segments: String(segments) }); },
    prove: () => said(done && struck.length > 0, done ? `${names(struck)} did ${name}` : `the model of ${names(struck)} knows no ${name}`),
    ...(undoing === null ? {} : { look: () => said(done && struck.every((instance) => instance.pid !== null), `${names(struck)} did ${name}, and has lived since`) }),
    undo: async () => { if (undoing !== null) await perform(undoing); },
    proveHealed: () => said(true, undoing === null ? "nothing stays in force" : `${names(struck)} did ${undoing}`),
  };
};

const order: CourseOf = (fault, on, context) => operatorAct(fault as FaultOf<"operate">, on, context);

/** By kind of fault; those that a version of the harness does not have are never asked for. */
const courses: Readonly<Record<string, CourseOf>> = {
  kill: death, zoneLoss: death, regionLoss: death, blackhole, pause, latency: delay, slowStore: delay, partition, restartLoop, coldCache: operation("flush", null), badSegments: operation("defects", "defectsOff"), operate: order,
};
const operationsNeeded: Readonly<Record<string, string>> = { coldCache: "flush", badSegments: "defects" };

async function injectVirtually(fault: Fault, deployment: Deployment, context: InjectionContext): Promise<Injection> {
  const on = deployment as SimulatedDeployment;
  const course = courses[fault.kind]?.(fault, on, context);
  if (course === undefined) throw new Error(`nothing simulates ${fault.kind}`);
  const { look } = course;
  return inject(context, {
    act: course.act, undo: course.undo, prove: async () => course.prove(), proveHealed: async () => course.proveHealed(),
    ...(look === undefined ? {} : { look: async () => look() }),
  });
}

export const simulatedInjectors = Object.fromEntries(faultKinds.map((kind) => [kind, injectVirtually])) as unknown as Injectors;

export function simulatedSupport(model: TargetModel | undefined): Support {
  const reason = (kind: FaultKind): true | string => {
    const needed = operationsNeeded[kind];
    if (courses[kind] === undefined) return "it has no counterpart in virtual time";
    return needed === undefined || model?.operations.includes(needed) === true ? true : `the target's model knows no ${needed}`;
  };
  return Object.fromEntries(faultKinds.map((kind) => [kind, reason(kind)])) as Support;
}

function struckBy(fault: Fault, on: SimulatedDeployment): SimulatedInstance[] {
  return servicesStruck(fault, on.layout).map((name) => on.instance(name));
}

function linksOf(fault: Fault, on: SimulatedDeployment): SimulatedLink[] {
  const struck = linksStruck(fault, on.layout);
  return on.links.filter(({ link }) => struck.some((one) => one.from === link.from && one.to === link.to && one.port === link.port));
}
