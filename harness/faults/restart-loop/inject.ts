/**
 * Kills a service, starts it, and kills it `everyMs` after each start, ready or not. Proof: two
 * successive processes are gone. A later check requires a death within the last two rounds.
 * Reverted by ending the loop; proof: the service is ready.
 */
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { evidenceOf, theService } from "../proofs.ts";

/** Slack for one death and one start on a busy machine. */
const slackMs = 1_000;

export function inject(restarting: RealStrike<{ readonly everyMs: number }>): FaultExecution {
  const {
    fault: { everyMs },
    clock,
    signal,
  } = restarting;
  const instance = theService(restarting);
  const { name } = instance.service;
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
    lastDeathMs = clock.monotonicMs();
    if (gone.length === 2) second.resolve();
  };
  const round = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // It need not be ready before it dies again.
      const starting = instance.start().catch(() => undefined);
      await clock.sleep(everyMs, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return void (await starting);
      await strike();
      await starting;
    }
  };
  return {
    act: async () => {
      if (instance.pid === null)
        throw new Error(`${name} was not running, so there was nothing to kill`);
      await strike();
      loop = round();
      loop.catch(second.reject);
    },
    verify: async () => {
      const cut = new AbortController();
      const patience = clock
        .sleep(2 * everyMs + 5_000, AbortSignal.any([cut.signal, signal]))
        .catch(() => undefined);
      await Promise.race([second.promise, patience]);
      cut.abort();
      const ended = gone.map((pid) => `process ${pid}`).join(" and ");
      return evidenceOf(
        gone.length >= 2,
        `${ended} of ${name} ${gone.length === 1 ? "is" : "are"} gone`,
      );
    },
    look: () => {
      const sinceMs = clock.monotonicMs() - lastDeathMs;
      const last = `the last ${Math.round(sinceMs)} ms ago`;
      const goesOn = sinceMs <= 2 * everyMs + slackMs;
      return evidenceOf(goesOn, `${gone.length} processes of ${name} are gone, ${last}`);
    },
    revert: async () => {
      stop.abort();
      await loop;
      if (instance.pid === null) await instance.start();
    },
    verifyReverted: () => ({
      landed: instance.pid !== null,
      observation: `after ${gone.length} deaths process ${instance.pid} of ${name} is ready`,
    }),
  };
}
