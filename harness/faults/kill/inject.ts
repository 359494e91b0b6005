/**
 * Kills one or many services at once and starts them again. Shared by kill, zone loss and region
 * loss.
 */
import type { Instance, Keeper } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import type { Observer } from "../../target/observer.ts";
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
        // Leaves running services alone. One that its engine started may not be ready yet.
        if (one.instance.pid === null || one.instance.keeper !== undefined)
          await one.instance.start();
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
  if (instance.keeper !== undefined)
    return proofOfKeptDeath(instance, instance.keeper, pid, tryConnect);
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

/**
 * The engine is the witness. A restart policy may start the service at once, as it does after any
 * crash. Then the death is the whole fault, and the evidence says how long it lasted.
 */
async function proofOfKeptDeath(
  instance: Instance,
  keeper: Keeper,
  pid: number,
  tryConnect: Observer["tryConnect"],
): Promise<Evidence> {
  const { name, ports } = instance.service;
  const death = keeper.accountOf(pid);
  if (death === null) return evidenceOf(false, `process ${pid} of ${name} is still there`);
  const died = `process ${pid} of ${name} is gone: ${death.detail}`;
  if (death.back !== null) {
    const { pid: next, afterMs } = death.back;
    const ran = `process ${next} ran ${Math.round(afterMs)} ms later`;
    return keeper.restarts === null
      ? evidenceOf(false, `${died}; but ${ran}, although it has no restart policy`)
      : evidenceOf(true, `${died}; ${keeper.restarts} restarted it, and ${ran}`);
  }
  // The policy may act while the ports are checked.
  const endpoints = Object.keys(ports).map((port) => instance.endpoint(port));
  const answers = await Promise.all(endpoints.map((one) => tryConnect(one, connectMs)));
  if (keeper.accountOf(pid)?.back !== null)
    return proofOfKeptDeath(instance, keeper, pid, tryConnect);
  const open = endpoints.filter((_, index) => answers[index] === "accepted").map(addressOf);
  return open.length > 0
    ? evidenceOf(false, `${died}; but ${open.join(", ")} accepted a connection`)
    : evidenceOf(true, `${died}; ${endpoints.map(addressOf).join(", ")} accepts no connection`);
}

function proofOfLife(instance: Instance, tookMs: number, named: boolean): Evidence {
  const { pid } = instance;
  const { name } = instance.service;
  if (pid === null) return evidenceOf(false, `${name} ended again`);
  const process = named ? `process ${pid} of ${name}` : `process ${pid}`;
  return evidenceOf(true, `${process} was ready after ${Math.round(tookMs)} ms`);
}
