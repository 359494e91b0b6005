/** Observes a target that runs on this machine, or is reachable from it. */
import type { Observer } from "../target/observer.ts";
import { askOnce } from "./ask-once.ts";
import { tryConnect } from "./network.ts";
import { ping, rateOf } from "./ping.ts";
import { statOf } from "./processes.ts";

export const observer: Observer = {
  ping,
  ask: askOnce,
  tryConnect,
  rateOf,
  cpuSecondsOf: (pid) => statOf(pid)?.cpuSeconds ?? null,
};
