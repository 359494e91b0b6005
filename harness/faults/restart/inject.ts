/**
 * Asks a service to end, waits until it has, and starts it again. Proof: the process is gone, and
 * another one is ready. The evidence says how long it drained, and whether it had to be killed.
 */
import type { Instance, Stopped } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { addressOf, evidenceOf, theService } from "../proofs.ts";

const connectMs = 1_000;

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const { clock, observer } = strike;
  const instance = theService(strike);
  const { name } = instance.service;
  const { pid } = instance;
  let stopping: Promise<Stopped> | null = null;
  let actedMs = 0;
  /** Once: evidence and revert wait for the same one. */
  let course: Promise<Evidence> | null = null;

  const restarted = async (stopped: Promise<Stopped>): Promise<Evidence> => {
    const { detail } = await stopped;
    const endedMs = clock.monotonicMs();
    if (instance.pid === pid) return evidenceOf(false, `process ${pid} of ${name} is still there`);
    // A restart policy may have been quicker.
    if (instance.pid === null || instance.keeper !== undefined) await instance.start();
    const took = (fromMs: number, untilMs: number): string => `${Math.round(untilMs - fromMs)} ms`;
    const ended = `process ${pid} of ${name} ended ${took(actedMs, endedMs)} after SIGTERM`;
    const readyMs = took(endedMs, clock.monotonicMs());
    return evidenceOf(
      instance.pid !== null,
      `${ended}${endingWords(detail)}; process ${instance.pid} was ready ${readyMs} later`,
    );
  };
  return {
    act: async () => {
      if (pid === null) throw new Error(`${name} was not running, so it could not be restarted`);
      actedMs = clock.monotonicMs();
      stopping = instance.stop();
      course = restarted(stopping);
      course.catch(() => {});
    },
    verify: async () => (await course) ?? evidenceOf(false, `${name} was not restarted`),
    revert: async () => {
      await course?.catch(() => {});
      if (instance.pid === null) await instance.start();
    },
    verifyReverted: () => proofOfLife(instance, observer),
  };
}

/** A service that does not drain in its time is killed, as an operator's tools do. */
function endingWords(detail: string): string {
  return detail.includes("SIGKILL")
    ? `, only because SIGKILL followed when its time to drain was over (${detail})`
    : ` (${detail})`;
}

async function proofOfLife(
  instance: Instance,
  { tryConnect }: RealStrike<unknown>["observer"],
): Promise<Evidence> {
  const { name, ports } = instance.service;
  const answers = await Promise.all(
    Object.keys(ports).map(async (port) => {
      const endpoint = instance.endpoint(port);
      return { at: addressOf(endpoint), answer: await tryConnect(endpoint, connectMs) };
    }),
  );
  const closed = answers.filter(({ answer }) => answer !== "accepted");
  if (instance.pid === null) return evidenceOf(false, `${name} has ended again`);
  const shown = (closed.length > 0 ? closed : answers).map(({ at, answer }) => `${at} ${answer}`);
  return evidenceOf(
    closed.length === 0,
    `process ${instance.pid} of ${name} runs, and ${shown.join(", ")} a connection`,
  );
}
