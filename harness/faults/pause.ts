/**
 * A service that is there and does nothing (SIGSTOP): a black hole. Proof: its processes stand still, and where it takes a connection, which
 * the system does in its name, a ping gets no reply. Healed by letting it go on, proven by a reply.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Injector, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { describePong, ping, type Pong } from "../system/ping.ts";
import { statOf } from "../system/processes.ts";
import { addressOf } from "./injection.ts";

/** A service of the target answers a ping within some tens of ms, even on a busy machine. */
const silentMs = 500;
/** Whoever was stopped has work to catch up on. */
const repliesWithinMs = 5_000;

export const pause: Injector<FaultOf<"pause">> = (fault, deployment, context) => {
  const instance = deployment.instance(fault.service);
  let cpuSeconds = 0;
  return inject(context, {
    act: () => instance.pause(),
    prove: async () => {
      const seen = await proofOfSilence(instance);
      cpuSeconds = cpuSecondsOf(instance);
      return seen;
    },
    look: async () => (cpuSecondsOf(instance) > cpuSeconds + cpuSlackSeconds ? ranOn(instance) : proofOfSilence(instance)),
    undo: () => instance.resume(),
    proveHealed: () => proofOfReply(instance),
  });
};

/** Processor time is counted in ticks of 10 ms; what stands still uses none. */
const cpuSlackSeconds = 0.02;

/** 0 where this machine cannot tell. */
function cpuSecondsOf({ pid }: Instance): number {
  return pid === null ? 0 : (statOf(pid)?.cpuSeconds ?? 0);
}

/** Somebody let it go on and stopped it again between two looks. */
function ranOn({ pid, service }: Instance): Evidence {
  return { landed: false, observation: `process ${pid} of ${service.name} has used processor time since it was paused` };
}

async function proofOfSilence(instance: Instance): Promise<Evidence> {
  const { pid, state } = instance;
  if (state !== "paused") return { landed: false, observation: `${instance.service.name} is ${state}, not paused` };
  const answers = await pingAll(instance, silentMs);
  const loud = answers.filter(({ pong }) => pong.outcome !== "silent");
  const stands = `process ${pid} of ${instance.service.name} stands still`;
  if (loud.length > 0) return { landed: false, observation: `${stands}, but ${loud.map(({ at, pong }) => `${at} ${describePong(pong)}`).join(", ")}` };
  return { landed: true, observation: `${stands}${answers.map(({ at }) => `, ${at} took a connection and gave no reply within ${silentMs} ms`).join("")}` };
}

async function proofOfReply(instance: Instance): Promise<Evidence> {
  const answers = await pingAll(instance, repliesWithinMs);
  const { state } = instance;
  const dumb = answers.filter(({ pong }) => pong.outcome !== "answered");
  const told = [`${instance.service.name} is ${state}`, ...(dumb.length > 0 ? dumb : answers).map(({ at, pong }) => `${at} ${describePong(pong)}`)];
  return { landed: state === "running" && dumb.length === 0, observation: told.join(", ") };
}

function pingAll(instance: Instance, timeoutMs: number): Promise<{ at: string; pong: Pong }[]> {
  return Promise.all(Object.entries(instance.service.pings ?? {}).map(async ([port, bytes]) => {
    const endpoint = instance.endpoint(port);
    return { at: addressOf(endpoint), pong: await ping(endpoint, bytes, timeoutMs) };
  }));
}
