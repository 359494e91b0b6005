/** Helpers that several faults share beyond act, verify and revert. */
import type { Instance, LinkHandle } from "../target/deployment.ts";
import type { Evidence } from "../target/evidence.ts";
import { describePong, type Observer, type Pong } from "../target/observer.ts";
import type { Endpoint, Ping } from "../target/layout.ts";
import type { RealStrike, Strike } from "../target/fault.ts";
import { messageOf } from "./injection.ts";

/** A fault on several things landed only if it landed on each. */
export function all(proofs: readonly Evidence[]): Evidence {
  const failed = proofs.filter((proof) => !proof.landed);
  const shown = failed.length > 0 ? failed : proofs;
  return {
    landed: failed.length === 0 && proofs.length > 0,
    observation:
      shown.length === 0
        ? "the fault has no victim"
        : shown.map((proof) => proof.observation).join("; "),
  };
}

/** Awaits all of them, so that nothing is still running when the first failure is reported. */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [messageOf(outcome.reason)] : [],
  );
  if (failures.length > 0) throw new Error(failures.join("; "));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

/** Acts on each concurrently. */
export async function each<T>(
  things: readonly T[],
  work: (thing: T) => Promise<unknown>,
): Promise<void> {
  await together(things.map(work));
}

/** Verifies each concurrently. */
export async function onEach<T>(
  things: readonly T[],
  look: (thing: T) => Promise<Evidence>,
): Promise<Evidence> {
  return all(await together(things.map(look)));
}

/** The one service that a fault affects. Throws if the plan has none. */
export function theService<S extends Instance>({
  services: [service],
}: Pick<Strike<unknown, S>, "services">): S {
  if (service === undefined) throw new Error("the fault has no victim");
  return service;
}

export function addressOf(endpoint: Endpoint): string {
  return `${endpoint.host}:${endpoint.port}`;
}

/** Pings each port of a service that declares a ping. */
export function pingAll(
  instance: Instance,
  { ping }: Observer,
  timeoutMs: number,
): Promise<{ readonly at: string; readonly pong: Pong }[]> {
  return Promise.all(
    Object.entries(instance.service.pings ?? {}).map(async ([port, bytes]) => {
      const endpoint = instance.endpoint(port);
      return { at: addressOf(endpoint), pong: await ping(endpoint, bytes, timeoutMs) };
    }),
  );
}

/** Throws if the service behind the link declares no ping. */
export function pingOf(
  { link }: LinkHandle,
  { deployment }: Pick<Strike<unknown>, "deployment">,
): Ping {
  const bytes = deployment.instance(link.to).service.pings?.[link.port];
  if (bytes === undefined)
    throw new Error(
      `${link.to} has no ping for its port ${link.port}, so the effect on the link cannot ` +
        "be verified",
    );
  return bytes;
}

/** Sends pings over the link and without it. */
export async function askBothEnds(
  handle: LinkHandle,
  strike: Pick<RealStrike<unknown>, "deployment" | "observer">,
  timeoutMs: number,
): Promise<{ readonly entry: Pong; readonly exit: Pong }> {
  const bytes = pingOf(handle, strike);
  const { ping } = strike.observer;
  const [entry, exit] = await Promise.all([
    ping(handle.entry, bytes, timeoutMs),
    ping(handle.exit, bytes, timeoutMs),
  ]);
  return { entry, exit };
}

/** For users: `a → b:http`. */
export function arrow({ link }: LinkHandle): string {
  return `${link.from} → ${link.to}:${link.port}`;
}

const pingMs = 2_000;

/** A ping over the link has the expected failure, and one without it is answered. */
export async function proofOfBreak(
  handle: LinkHandle,
  strike: RealStrike<unknown>,
  outcome: Pong["outcome"],
): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(handle, strike, pingMs);
  return {
    landed: entry.outcome === outcome && exit.outcome === "answered",
    observation:
      `${arrow(handle)} ${describePong(entry)}; ` + `the service itself ${describePong(exit)}`,
  };
}

/** The proof of revert for every fault on a link. */
export async function proofOfPassage(
  handle: LinkHandle,
  strike: RealStrike<unknown>,
): Promise<Evidence> {
  const entry = await strike.observer.ping(handle.entry, pingOf(handle, strike), pingMs);
  return {
    landed: entry.outcome === "answered",
    observation: `${arrow(handle)} ${describePong(entry)}`,
  };
}

export const evidenceOf = (landed: boolean, observation: string): Evidence => ({
  landed,
  observation,
});

export const names = (services: readonly Instance[]): string =>
  services.map(({ service }) => service.name).join(", ") || "nothing";
