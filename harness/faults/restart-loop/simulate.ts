/** A simulated process ends and starts repeatedly until the fault is healed. */
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { each, names, evidenceOf } from "../proofs.ts";

/** Slack for a start, whose duration the model defines. */
const slackMs = 5_000;

export function simulate({
  fault: { everyMs },
  services,
  clock,
}: VirtualStrike<{ readonly everyMs: number }>): FaultExecution {
  const stop = new AbortController();
  let looping: Promise<void> = Promise.resolve();
  let deaths = 0;
  let lastDeathMs = Number.NEGATIVE_INFINITY;
  const die = async (): Promise<void> => {
    await each(services, (service) => service.kill());
    deaths++;
    lastDeathMs = clock.monotonicMs();
  };
  const loop = async (): Promise<void> => {
    try {
      for (;;) {
        await clock.sleep(everyMs, stop.signal);
        await die();
        await Promise.all(services.map((service) => service.start()));
      }
    } catch {
      // The loop was stopped, or the run has ended it.
    }
  };
  return {
    act: async () => {
      await die();
      looping = Promise.all(services.map((service) => service.start())).then(loop, () => {});
    },
    verify: () =>
      evidenceOf(deaths > 0, `${names(services)} was killed and starts again every ${everyMs} ms`),
    look: () =>
      evidenceOf(
        clock.monotonicMs() - lastDeathMs <= 2 * everyMs + slackMs,
        `${names(services)} was killed ${deaths} times`,
      ),
    revert: async () => {
      stop.abort();
      await looping;
      await each(
        services.filter(({ pid }) => pid === null),
        (service) => service.start(),
      );
    },
    verifyReverted: () =>
      evidenceOf(
        services.every(({ isReady }) => isReady),
        `${names(services)} is ready after ${deaths} restarts`,
      ),
  };
}
