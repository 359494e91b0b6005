/** SIGKILL to a service, healed by starting it again. Proof: the process is gone and its ports refuse connections. */
import type { Evidence } from "../core/run.ts";
import type { Fault } from "../core/faults.ts";
import type { Deployment, Injector, Instance } from "../core/ports.ts";
import { tryConnect } from "../system/network.ts";

const connectMs = 1_000;

export const kill: Injector<Extract<Fault, { kind: "kill" }>> = async (fault, deployment: Deployment) => {
  const instance = deployment.instance(fault.service);
  const { pid } = instance;
  if (pid === null) {
    return { evidence: { landed: false, observation: `${fault.service} was not running, so there was nothing to kill` }, heal: () => restart(instance) };
  }
  await instance.kill();
  return { evidence: await proofOfDeath(instance, pid), heal: () => restart(instance) };
};

async function proofOfDeath(instance: Instance, pid: number): Promise<Evidence> {
  const ports = Object.keys(instance.service.ports);
  const answers = await Promise.all(ports.map(async (port) => ({ at: address(instance, port), answer: await tryConnect(instance.endpoint(port), connectMs) })));
  const alive = answers.filter(({ answer }) => answer !== "refused");
  if (instance.pid !== null || ports.length === 0) return { landed: false, observation: `process ${pid} of ${instance.service.name} is still there` };
  if (alive.length > 0) return { landed: false, observation: `process ${pid} is gone, but ${alive.map(({ at, answer }) => `${at} ${answer} a connection`).join(", ")}` };
  return { landed: true, observation: `process ${pid} is gone and ${answers.map(({ at }) => at).join(", ")} ${answers.length === 1 ? "refuses" : "refuse"} connections` };
}

/** Healing twice is harmless: a service that runs is left alone. No abort signal: what was broken is mended even when the run ends. */
async function restart(instance: Instance): Promise<Evidence> {
  const startedMs = performance.now();
  if (instance.pid === null) await instance.start();
  const { pid } = instance;
  if (pid === null) return { landed: false, observation: `${instance.service.name} ended again` };
  return { landed: true, observation: `process ${pid} was ready after ${Math.round(performance.now() - startedMs)} ms` };
}

function address(instance: Instance, port: string): string {
  const endpoint = instance.endpoint(port);
  return `${endpoint.host}:${endpoint.port}`;
}
