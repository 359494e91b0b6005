/**
 * A service that dies again and again: killed, started, and killed `everyMs` after each start, ready or not. Proof: a first process is gone and
 * a second one, which was started in its place, is gone as well. It is in force while deaths go on: a look asks for one within the last two
 * rounds. Healed by ending the loop and seeing the service ready.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Injector } from "../core/ports.ts";

/** For one death and one start on a busy machine. */
const slackMs = 1_000;

export const restartLoop: Injector<FaultOf<"restartLoop">> = (fault, deployment, context) => {
  const instance = deployment.instance(fault.service);
  const stop = new AbortController();
  const gone: number[] = [];
  let lastDeathMs = Number.NEGATIVE_INFINITY;
  const second = Promise.withResolvers<void>();
  let loop: Promise<void> = Promise.resolve();

  const strike = async (): Promise<void> => {
    const { pid } = instance;
    await instance.kill();
    if (pid === null) return;
    gone.push(pid);
    lastDeathMs = context.clock.monotonicMs();
    if (gone.length === 2) second.resolve();
  };
  const round = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // Whether it becomes ready before it dies again is its own affair.
      const starting = instance.start().catch(() => undefined);
      await context.clock.sleep(fault.everyMs, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return void (await starting);
      await strike();
      await starting;
    }
  };
  return inject(context, {
    act: async () => {
      if (instance.pid === null) throw new Error(`${fault.service} was not running, so there was nothing to kill`);
      await strike();
      loop = round();
      loop.catch(second.reject);
    },
    prove: async () => {
      const cut = new AbortController();
      const patience = context.clock.sleep(2 * fault.everyMs + 5_000, AbortSignal.any([cut.signal, context.signal])).catch(() => undefined);
      await Promise.race([second.promise, patience]);
      cut.abort();
      return { landed: gone.length >= 2, observation: `${gone.map((pid) => `process ${pid}`).join(" and ")} of ${fault.service} ${gone.length === 1 ? "is" : "are"} gone` };
    },
    look: async () => {
      const sinceMs = context.clock.monotonicMs() - lastDeathMs;
      const observation = `${gone.length} processes of ${fault.service} are gone, the last ${Math.round(sinceMs)} ms ago`;
      return { landed: sinceMs <= 2 * fault.everyMs + slackMs, observation };
    },
    undo: async () => {
      stop.abort();
      await loop;
      if (instance.pid === null) await instance.start();
    },
    proveHealed: async () => ({ landed: instance.pid !== null, observation: `after ${gone.length} deaths process ${instance.pid} of ${fault.service} is ready` }),
  });
};
