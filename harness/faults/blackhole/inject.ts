/**
 * Disconnects a zone from the network. Proof: its processes exist, and none of its ports accepts or
 * refuses a connection. Reverted by a reconnect; proof: replies from the original addresses.
 */
import type { Clock, Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { describePong, type Observer } from "../../target/observer.ts";
import type { Endpoint, Ping } from "../../target/layout.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { addressOf, onEach, evidenceOf } from "../proofs.ts";

/** On the network of one machine, a connection is accepted or refused within a few ms. */
const silentMs = 1_000;
/** TCP retransmits lost packets after 1, 2 and 4 s, and a reconnected service has a backlog. */
const repliesWithinMs = 10_000;
const askMs = 2_000;

export function inject({
  fault: { zone },
  services,
  deployment,
  clock,
  observer,
}: RealStrike<{ readonly zone: string }>): FaultExecution {
  const silence = (): Promise<Evidence> =>
    onEach(services, (service) => proofOfSilence(service, observer));
  let reconnect = async (): Promise<void> => {};
  return {
    act: async () => {
      if (deployment.disconnect === undefined)
        throw new Error("no zone can be cut off on this substrate");
      reconnect = await deployment.disconnect(zone);
    },
    verify: silence,
    look: silence,
    revert: () => reconnect(),
    verifyReverted: () => onEach(services, (service) => proofOfReply(service, observer, clock)),
  };
}

async function proofOfSilence(instance: Instance, { tryConnect }: Observer): Promise<Evidence> {
  const { name } = instance.service;
  const endpoints = Object.keys(instance.service.ports).map((port) => instance.endpoint(port));
  const answers = await Promise.all(
    endpoints.map(async (endpoint) => ({
      at: addressOf(endpoint),
      answer: await tryConnect(endpoint, silentMs),
    })),
  );
  const { pid, state } = instance;
  if (pid === null || state !== "running")
    return evidenceOf(false, `${name} is ${state}, not running`);
  // An engine takes the address away, and the published port with it.
  const isKept = instance.keeper !== undefined;
  const responding = answers.filter(
    ({ answer }) => answer === "accepted" || (answer === "refused" && !isKept),
  );
  if (responding.length > 0) {
    const answered = responding.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ");
    return evidenceOf(false, `${answered}, so ${name} is not cut off`);
  }
  const ports = answers.map(({ at }) => at).join(", ");
  const silence = isKept
    ? `${ports} took no connection within ${silentMs} ms`
    : `${ports} neither took nor refused a connection within ${silentMs} ms`;
  return evidenceOf(answers.length > 0, `process ${pid} of ${name} runs, and ${silence}`);
}

async function proofOfReply(
  instance: Instance,
  observer: Observer,
  clock: Clock,
): Promise<Evidence> {
  const {
    service: { name, ports, pings },
    pid,
    state,
  } = instance;
  const replies = await Promise.all(
    Object.keys(ports).map((port) =>
      untilHeard(() => ask(instance.endpoint(port), pings?.[port], observer), clock),
    ),
  );
  const dumb = replies.filter(({ hasReplied }) => !hasReplied);
  const text = (dumb.length > 0 ? dumb : replies).map((reply) => reply.text).join(", ");
  return {
    landed: pid !== null && state === "running" && dumb.length === 0,
    observation: `${name} is ${state}, ${text}`,
  };
}

interface Reply {
  readonly hasReplied: boolean;
  readonly text: string;
}

/** A port without a ping can only be checked for accepting connections. */
async function ask(
  endpoint: Endpoint,
  bytes: Ping | undefined,
  { ping, tryConnect }: Observer,
): Promise<Reply> {
  if (bytes === undefined) {
    const answer = await tryConnect(endpoint, askMs);
    return {
      hasReplied: answer === "accepted",
      text: `${addressOf(endpoint)} ${answer} a connection`,
    };
  }
  const pong = await ping(endpoint, bytes, askMs);
  return {
    hasReplied: pong.outcome === "answered",
    text: `${addressOf(endpoint)} ${describePong(pong)}`,
  };
}

/** Returns the last reply if none was good. */
async function untilHeard(asked: () => Promise<Reply>, clock: Clock): Promise<Reply> {
  const untilMs = clock.monotonicMs() + repliesWithinMs;
  for (;;) {
    const reply = await asked();
    if (reply.hasReplied || clock.monotonicMs() > untilMs) return reply;
    // Some failures return at once.
    await clock.sleep(100);
  }
}
