/**
 * A zone that is cut off the network while everything in it goes on, as when a switch fails. Proof: its processes are there, and no port of it
 * takes or refuses a connection. Healed by connecting it again, proven by replies from the addresses that it had.
 */
import { type FaultOf, servicesStruck } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Injector, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import type { Endpoint, Ping } from "../core/target.ts";
import { tryConnect } from "../system/network.ts";
import { describePong, ping } from "../system/ping.ts";
import { addressOf, all } from "./injection.ts";

/** On a network of one machine a connection is taken or refused within some ms. */
const silentMs = 1_000;
/** Lost packets are sent again after 1, 2 and 4 s, and whoever was cut off has work to catch up on. */
const repliesWithinMs = 10_000;
const askMs = 2_000;

export const blackhole: Injector<FaultOf<"blackhole">> = (fault, deployment, context) => {
  const struck = servicesStruck(fault, deployment.layout).map((name) => deployment.instance(name));
  let reconnect = async (): Promise<void> => {};
  return inject(context, {
    act: async () => {
      if (deployment.disconnect === undefined) throw new Error("no zone can be cut off on this substrate");
      reconnect = await deployment.disconnect(fault.zone);
    },
    prove: async () => all(await Promise.all(struck.map(proofOfSilence))),
    look: async () => all(await Promise.all(struck.map(proofOfSilence))),
    undo: () => reconnect(),
    proveHealed: async () => all(await Promise.all(struck.map(proofOfReply))),
  });
};

async function proofOfSilence(instance: Instance): Promise<Evidence> {
  const { name } = instance.service;
  const endpoints = Object.keys(instance.service.ports).map((port) => instance.endpoint(port));
  const answers = await Promise.all(endpoints.map(async (endpoint) => ({ at: addressOf(endpoint), answer: await tryConnect(endpoint, silentMs) })));
  const { pid, state } = instance;
  if (pid === null || state !== "running") return { landed: false, observation: `${name} is ${state}, not running` };
  const heard = answers.filter(({ answer }) => answer !== "silent");
  if (heard.length > 0) return { landed: false, observation: `${heard.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ")}, so ${name} is not cut off` };
  return { landed: answers.length > 0, observation: `process ${pid} of ${name} runs, and ${answers.map(({ at }) => at).join(", ")} neither took nor refused a connection within ${silentMs} ms` };
}

async function proofOfReply(instance: Instance): Promise<Evidence> {
  const { service: { name, ports, pings }, pid, state } = instance;
  const replies = await Promise.all(Object.keys(ports).map((port) => untilHeard(instance.endpoint(port), pings?.[port])));
  const dumb = replies.filter(({ heard }) => !heard);
  return { landed: pid !== null && state === "running" && dumb.length === 0, observation: `${name} is ${state}, ${(dumb.length > 0 ? dumb : replies).map(({ told }) => told).join(", ")}` };
}

interface Reply { readonly heard: boolean; readonly told: string }

/** A port that nobody knows a question for can only be seen to take connections. */
async function ask(endpoint: Endpoint, bytes: Ping | undefined): Promise<Reply> {
  if (bytes === undefined) {
    const answer = await tryConnect(endpoint, askMs);
    return { heard: answer === "accepted", told: `${addressOf(endpoint)} ${answer} a connection` };
  }
  const pong = await ping(endpoint, bytes, askMs);
  return { heard: pong.outcome === "answered", told: `${addressOf(endpoint)} ${describePong(pong)}` };
}

/** The last reply when none was good. */
async function untilHeard(endpoint: Endpoint, bytes: Ping | undefined): Promise<Reply> {
  const untilMs = performance.now() + repliesWithinMs;
  for (;;) {
    const reply = await ask(endpoint, bytes);
    if (reply.heard || performance.now() > untilMs) return reply;
    // Some answers that are no replies come at once.
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
