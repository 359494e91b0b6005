/**
 * Pauses a service. Proof: its processes are stopped, and a ping gets no reply, although the kernel
 * may accept its connection. Reverted by SIGCONT; proof: a reply.
 */
import type { Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { describePong, type Observer } from "../../target/observer.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { pingAll, evidenceOf, theService } from "../proofs.ts";

/** A service of the target answers a ping within some tens of ms, even on a busy machine. */
const silentMs = 500;
/** A resumed service has a backlog. */
const repliesWithinMs = 5_000;
/** Processor time is counted in ticks of 10 ms; a stopped process uses none. */
const cpuSlackSeconds = 0.02;

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const { observer } = strike;
  const instance = theService(strike);
  /** 0 if this machine cannot measure it. */
  const cpuSecondsNow = (): number =>
    instance.pid === null ? 0 : (observer.cpuSecondsOf(instance.pid) ?? 0);
  let cpuSeconds = 0;
  return {
    act: () => instance.pause(),
    verify: async () => {
      const seen = await proofOfSilence(instance, observer);
      cpuSeconds = cpuSecondsNow();
      return seen;
    },
    look: () =>
      cpuSecondsNow() > cpuSeconds + cpuSlackSeconds
        ? ranOn(instance)
        : proofOfSilence(instance, observer),
    revert: () => instance.resume(),
    verifyReverted: () => proofOfReply(instance, observer),
  };
}

/** A third party resumed the service and stopped it again between two checks. */
function ranOn({ pid, service }: Instance): Evidence {
  return {
    landed: false,
    observation: `process ${pid} of ${service.name} has used processor time since it was paused`,
  };
}

async function proofOfSilence(instance: Instance, observer: Observer): Promise<Evidence> {
  const {
    pid,
    state,
    service: { name },
  } = instance;
  if (state !== "paused") return { landed: false, observation: `${name} is ${state}, not paused` };
  const answers = await pingAll(instance, observer, silentMs);
  const loud = answers.filter(({ pong }) => pong.outcome !== "silent");
  const stopped = `process ${pid} of ${name} stands still`;
  if (loud.length > 0) {
    const replies = loud.map(({ at, pong }) => `${at} ${describePong(pong)}`);
    return evidenceOf(false, `${stopped}, but ${replies.join(", ")}`);
  }
  const silence = `took a connection and gave no reply within ${silentMs} ms`;
  return evidenceOf(true, [stopped, ...answers.map(({ at }) => `${at} ${silence}`)].join(", "));
}

async function proofOfReply(instance: Instance, observer: Observer): Promise<Evidence> {
  const answers = await pingAll(instance, observer, repliesWithinMs);
  const { state } = instance;
  const dumb = answers.filter(({ pong }) => pong.outcome !== "answered");
  const observations = [
    `${instance.service.name} is ${state}`,
    ...(dumb.length > 0 ? dumb : answers).map(({ at, pong }) => `${at} ${describePong(pong)}`),
  ];
  return { landed: state === "running" && dumb.length === 0, observation: observations.join(", ") };
}
