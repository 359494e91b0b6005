/** A stub target for tests of one fault at a time, made of its answers only. */
import type {
  Clock,
  Deployment,
  Instance,
  LinkHandle,
} from "../../../harness/target/deployment.ts";
import type { Observer } from "../../../harness/target/observer.ts";
import type { Layout, Service } from "../../../harness/target/layout.ts";
import type { RealStrike } from "../../../harness/target/fault.ts";
import { carryOut, type Injection } from "../../../harness/faults/injection.ts";

export const endpointOf = (name: string): { host: string; port: number } => ({
  host: name,
  port: 80,
});

/** It runs until it is killed, gets a new process id each time, and answers on `http`. */
export function fakeService(name: string, over: Partial<Instance> = {}): Instance {
  let pid: number | null = 7;
  let state: Instance["state"] = "running";
  const service = { name, ports: { http: 80 }, pings: { http: { send: "?" } } };
  const fake: Partial<Instance> = {
    service: service as unknown as Service,
    get pid() {
      return pid;
    },
    get state() {
      return state;
    },
    endpoint: () => endpointOf(name),
    kill: async () => {
      pid = null;
    },
    start: async () => {
      pid = 8;
    },
    pause: async () => {
      state = "paused";
    },
    resume: async () => {
      state = "running";
    },
  };
  return Object.defineProperties(fake, Object.getOwnPropertyDescriptors(over)) as Instance;
}

/** From `a` to `b`. Its two ends are `entry` and `exit`. */
export function fakeLink(over: Partial<LinkHandle> = {}): LinkHandle {
  const link: Partial<LinkHandle> = {
    link: { from: "a", to: "b", port: "http" },
    entry: endpointOf("entry"),
    exit: endpointOf("exit"),
    impose: async () => async () => undefined,
    cut: async () => undefined,
    restore: async () => undefined,
    ...over,
  };
  return link as LinkHandle;
}

/** Time advances only while a caller waits. */
export function fakeClock(): Clock {
  let nowMs = 1_000_000;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
}

const mute: Observer = {
  ping: async () => ({ outcome: "unreachable" }),
  ask: async () => ({ outcome: "unreachable" }),
  tryConnect: async () => "silent",
  rateOf: async () => 0,
  cpuSecondsOf: () => null,
};

interface Fake<F> {
  readonly fault: F;
  readonly services?: readonly Instance[];
  readonly links?: readonly LinkHandle[];
  readonly deployment?: Partial<Deployment>;
  readonly observer?: Partial<Observer>;
  readonly clock?: Clock;
}

export function fakeStrike<F>(given: Fake<F>): RealStrike<F> {
  const behind = fakeService("b");
  const deployment = { instance: () => behind, layout: {} as Layout, ...given.deployment };
  return {
    fault: given.fault,
    services: given.services ?? [],
    links: given.links ?? [],
    deployment: deployment as unknown as Deployment,
    observer: { ...mute, ...given.observer },
    clock: given.clock ?? fakeClock(),
    signal: new AbortController().signal,
  };
}

export function injected<F>(
  inject: (strike: RealStrike<F>) => Parameters<typeof carryOut>[0],
  given: Fake<F>,
): Promise<Injection> {
  const strike = fakeStrike(given);
  return carryOut(inject(strike), strike.clock);
}
