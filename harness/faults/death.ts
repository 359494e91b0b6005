/** Services struck dead and started again, one or many at once: what kill, zone loss and region loss share. */
import { inject } from "../core/injection.ts";
import type { Deployment, Injection, InjectionContext, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { tryConnect } from "../system/network.ts";
import { addressOf, all, together } from "./injection.ts";

const connectMs = 1_000;
/**
 * Between the starts of what comes back together. Each costs the harness some milliseconds of processor time, in which its prober cannot ask; ten in a row on
 * a machine that they make busy at once were a stall of 0.6 s. Machines that get their power back are not back in the same instant either.
 */
const apartMs = 150;

/** SIGKILL to all of them at once; healed by starting all again, in the order of the layout, 150 ms apart. */
export function strikeDead(services: readonly string[], deployment: Deployment, context: InjectionContext): Promise<Injection> {
  const struck = services.map((name) => {
    const instance = deployment.instance(name);
    return { instance, pid: instance.pid };
  });
  const startedMs = new Map<string, number>();
  return inject(context, {
    act: async () => void (await together(struck.map(({ instance }) => instance.kill()))),
    prove: async () => all(await together(struck.map(({ instance, pid }) => proofOfDeath(instance, pid)))),
    look: async () => all(await together(struck.map(({ instance, pid }) => proofOfDeath(instance, pid)))),
    // A refused connection costs little, and what a supervisor brings back is there at once.
    lookEveryMs: Math.min(1_000, 250 * struck.length),
    undo: async () => {
      const fromMs = performance.now();
      await together(struck.map(async ({ instance }, index) => {
        if (index > 0) await context.clock.sleep(index * apartMs);
        // Whoever runs already is left alone.
        if (instance.pid === null) await instance.start();
        startedMs.set(instance.service.name, performance.now() - fromMs);
      }));
    },
    proveHealed: async () => all(struck.map(({ instance }) => proofOfLife(instance, startedMs.get(instance.service.name) ?? 0, struck.length > 1))),
  });
}

async function proofOfDeath(instance: Instance, pid: number | null): Promise<Evidence> {
  const { name } = instance.service;
  if (pid === null) return { landed: false, observation: `${name} was not running, so there was nothing to kill` };
  const ports = Object.keys(instance.service.ports);
  const answers = await Promise.all(ports.map(async (port) => ({ at: addressOf(instance.endpoint(port)), answer: await tryConnect(instance.endpoint(port), connectMs) })));
  const alive = answers.filter(({ answer }) => answer !== "refused");
  if (instance.pid !== null || ports.length === 0) {
    return { landed: false, observation: instance.pid === pid ? `process ${pid} of ${name} is still there` : `process ${instance.pid} of ${name} runs in its place` };
  }
  if (alive.length > 0) return { landed: false, observation: `process ${pid} of ${name} is gone, but ${alive.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ")}` };
  return { landed: true, observation: `process ${pid} of ${name} is gone and ${answers.map(({ at }) => at).join(", ")} ${answers.length === 1 ? "refuses" : "refuse"} connections` };
}

function proofOfLife(instance: Instance, tookMs: number, named: boolean): Evidence {
  const { pid } = instance;
  const { name } = instance.service;
  if (pid === null) return { landed: false, observation: `${name} ended again` };
  return { landed: true, observation: `process ${pid}${named ? ` of ${name}` : ""} was ready after ${Math.round(tookMs)} ms` };
}
