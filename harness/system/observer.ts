/** Observes a target that runs on this machine, or is reachable from it. */
import type { Observer } from "../target/observer.ts";
import { tryConnect } from "./network.ts";
import { ping, rateOf } from "./ping.ts";
import { statOf } from "./processes.ts";

export const observer: Observer = {
  ping,
  tryConnect,
  rateOf,
  cpuSecondsOf: (pid) => statOf(pid)?.cpuSeconds ?? null,
};
