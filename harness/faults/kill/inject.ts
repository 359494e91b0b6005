/**
 * Kills one or many services at once and starts them again. Shared by kill, zone loss and region
 * loss.
 */
import type { Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { addressOf, all, each, onEach, evidenceOf } from "../proofs.ts";

const connectMs = 1_000;
/**
 * Pause between the starts of services that return together. Each start takes some ms of the
 * harness's processor time, during which its prober cannot send. Ten starts in a row would stall a
 * busy machine for 0.6 s. Real machines do not return in the same instant either.
 */
const apartMs = 150;

/**
 * Sends SIGKILL to all of them at once. Reverted by starting all again in the order of the layout,
 * 150 ms apart.
 */
export function inject({ services, clock, observer }: RealStrike<unknown>): FaultExecution {
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
    // Checking for a refused connection is cheap, and a supervisor restarts a service at once.
    lookEveryMs: Math.min(1_000, 250 * struck.length),
    revert: async () => {
      const fromMs = clock.monotonicMs();
      await each(struck, async (one) => {
        if (one.index > 0) await clock.sleep(one.index * apartMs);
        // Leaves running services alone.
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
    return evidenceOf(false, `process ${instance.pid} of ${name} ${is}`);
  }
  if (alive.length > 0) {
    const answered = alive.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ");
    return evidenceOf(false, `process ${pid} of ${name} is gone, but ${answered}`);
  }
  const refuse = answers.length === 1 ? "refuses" : "refuse";
  const ports = answers.map(({ at }) => at).join(", ");
  return evidenceOf(true, `process ${pid} of ${name} is gone and ${ports} ${refuse} connections`);
}

function proofOfLife(instance: Instance, tookMs: number, named: boolean): Evidence {
  const { pid } = instance;
  const { name } = instance.service;
  if (pid === null) return evidenceOf(false, `${name} ended again`);
  const process = named ? `process ${pid} of ${name}` : `process ${pid}`;
  return evidenceOf(true, `${process} was ready after ${Math.round(tookMs)} ms`);
}
