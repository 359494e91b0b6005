/**
 * A wall clock of its own for a service in a container. libfaketime is loaded from the start and
 * rereads its file regularly.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import type { Evidence } from "../../../target/evidence.ts";
import { runBeside } from "../exec.ts";
import type { DockerEffect, Struck } from "../effect.ts";

export const effect: DockerEffect<FaultOf<"clockSkew">> = {
  kind: "clockSkew",
  prepare: (making, directory) => ({
    ...making,
    env: { ...making.env, ...skewableEnv(directory) },
  }),
  impose: ({ byMs }, struck) => skewed(byMs, struck),
};

const skewFile = "clock-skew";
/** The library reads its file once a second, so a change takes effect only then. */
const orderedWithinMs = 1_100;
const library = "/usr/local/lib/libfaketime.so";

/** Reports the true time until the file exists. */
function skewableEnv(directory: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: join(directory, skewFile),
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_RESET: "1",
    FAKETIME_FORCE_MONOTONIC_FIX: "0",
  };
}

/** The service's own clock is the proof; this only checks that the offset is set. */
async function skewed(
  byMs: number,
  { directory, container, service }: Struck,
): Promise<Impairment> {
  const path = join(directory, skewFile);
  const run = (script: string, ...args: string[]): Promise<string> =>
    runBeside(container, { command: "/bin/sh", args: ["-c", script, "sh", ...args], env: {} });
  // Atomically, because the library may read at any moment.
  await run(
    'echo "$2" > "$1.part" && mv "$1.part" "$1"',
    path,
    `${byMs < 0 ? "-" : "+"}${Math.abs(byMs) / 1000}`,
  );
  await sleep(orderedWithinMs);
  const observe = async (): Promise<Evidence & { readonly offMs: number }> => {
    const nowMs = Date.now();
    const there = Number(
      await runBeside(container, {
        command: "/bin/date",
        args: ["+%s%3N"],
        env: skewableEnv(directory),
      }),
    );
    const off = there - nowMs;
    return {
      landed: Math.abs(off - byMs) < 2_000,
      observation: `the clock of ${service} is ${Math.round(off)} ms ahead`,
      offMs: off,
    };
  };
  return {
    observe,
    undo: async () => {
      await run('rm -f "$1"', path);
      await sleep(orderedWithinMs);
      const { observation, offMs } = await observe();
      return { landed: Math.abs(offMs) < 2_000, observation };
    },
  };
}
