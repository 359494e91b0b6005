/**
 * Services struck dead and started again, one or many at once: what kill, zone loss and region loss
 * share.
 */
import type { Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Course, RealStrike } from "../fault.ts";
import { addressOf, all, each, onEach, said } from "../proofs.ts";

const connectMs = 1_000;
/**
 * Between the starts of what comes back together. Each costs the harness some milliseconds of
 * processor time, in which its prober cannot ask; ten in a row on a machine that they make busy at
 * once were a stall of 0.6 s. Machines that get their power back are not back in the same instant
 * either.
 */
const apartMs = 150;

/**
 * SIGKILL to all of them at once; healed by starting all again, in the order of the layout, 150 ms
 * apart.
 */
export function inject({ services, clock, observer }: RealStrike<unknown>): Course {
  const struck = services.map((instance, index) => ({
    instance,
    index,
    pid: instance.pid,
    startedMs: 0,
  }));
  const dead = (): Promise<Evidence> =>
    onEach(struck, ({ instance, pid }) => proofOfDeath(instance, pid, observer));
  return {
    act: () => each(struck, ({ instance }) => instance.kill()),
    verify: dead,
    look: dead,
    // A refused connection costs little, and what a supervisor brings back is there at once.
    lookEveryMs: Math.min(1_000, 250 * struck.length),
    revert: async () => {
      const fromMs = clock.monotonicMs();
      await each(struck, async (one) => {
        if (one.index > 0) await clock.sleep(one.index * apartMs);
        // What runs already is left alone.
        if (one.instance.pid === null) await one.instance.start();
        one.startedMs = clock.monotonicMs() - fromMs;
      });
    },
    verifyReverted: () =>
      all(
        struck.map(({ instance, startedMs }) =>
          proofOfLife(instance, startedMs, struck.length > 1),
        ),
      ),
  };
}

async function proofOfDeath(
  instance: Instance,
  pid: number | null,
  { tryConnect }: RealStrike<unknown>["observer"],
): Promise<Evidence> {
  const { name } = instance.service;
  if (pid === null)
    return { landed: false, observation: `${name} was not running, so there was nothing to kill` };
  const endpoints = Object.keys(instance.service.ports).map((port) => instance.endpoint(port));
  const answers = await Promise.all(
    endpoints.map(async (endpoint) => ({
      at: addressOf(endpoint),
      answer: await tryConnect(endpoint, connectMs),
    })),
  );
  const alive = answers.filter(({ answer }) => answer !== "refused");
  if (instance.pid !== null || answers.length === 0) {
    const is = instance.pid === pid ? "is still there" : "runs in its place";
    return said(false, `process ${instance.pid} of ${name} ${is}`);
  }
  if (alive.length > 0) {
    const answered = alive.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ");
    return said(false, `process ${pid} of ${name} is gone, but ${answered}`);
  }
  const refuse = answers.length === 1 ? "refuses" : "refuse";
  const ports = answers.map(({ at }) => at).join(", ");
  return said(true, `process ${pid} of ${name} is gone and ${ports} ${refuse} connections`);
}

function proofOfLife(instance: Instance, tookMs: number, named: boolean): Evidence {
  const { pid } = instance;
  const { name } = instance.service;
  if (pid === null) return said(false, `${name} ended again`);
  const process = named ? `process ${pid} of ${name}` : `process ${pid}`;
  return said(true, `${process} was ready after ${Math.round(tookMs)} ms`);
}
