/**
 * Effects on a service in a container, applied from outside: clock skew, packet loss, a full disk.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Effect, Impairment } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { runBeside } from "./exec.ts";
import type { Container } from "./container.ts";
import { filled } from "./quota-volume.ts";

interface Struck {
  readonly container: Container;
  /** The container whose network interface it uses. */
  readonly zone: Container;
  readonly directory: string;
  readonly host: string;
  readonly service: string;
}

const skewFile = "clock-skew";
/** The library reads its file once a second, so a change takes effect only then. */
const orderedWithinMs = 1_100;
const library = "/usr/local/lib/libfaketime.so";

/** libfaketime is loaded from the start, reports the true time, and rereads its file regularly. */
export function skewableEnv(directory: string): Record<string, string> {
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: join(directory, skewFile),
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_RESET: "1",
    FAKETIME_FORCE_MONOTONIC_FIX: "0",
  };
}

export async function impose(effect: Effect, struck: Struck): Promise<Impairment> {
  switch (effect.kind) {
    case "clockSkew":
      return skewed(effect.byMs, struck);
    case "packetLoss":
      return lossy(effect.share, struck);
    case "fullDisk":
      return filled(struck.container, struck.directory);
  }
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

/**
 * A rule in the zone's own network, for packets to and from the service's address; it counts the
 * dropped packets.
 */
async function lossy(share: number, { zone, host, service }: Struck): Promise<Impairment> {
  const table = `seawall_${host.replaceAll(".", "_")}`;
  const below = Math.round(share * 1_000);
  const drop = `numgen random mod 1000 < ${below} counter drop`;
  const rules =
    `table ip ${table} { chain in { type filter hook input priority 0; ip daddr ${host} ` +
    `${drop}; }; chain out { type filter hook output priority 0; ip saddr ${host} ${drop}; }; ` +
    "}";
  const nft = (...args: string[]): Promise<string> =>
    runBeside(zone, { command: "/usr/sbin/nft", args, env: {} });
  await nft(rules);
  return {
    observe: async () => {
      const dropped = [
        ...(await nft("list", "table", "ip", table)).matchAll(/counter packets (\d+)/g),
      ].reduce((sum, [, count]) => sum + Number(count), 0);
      return {
        landed: dropped > 0,
        observation:
          `${dropped} packets to or from ${service} (${host}) were dropped, ` +
          `${(share * 100).toFixed(1)} % of all`,
      };
    },
    undo: async () => {
      await nft("delete", "table", "ip", table);
      const left = (await nft("list", "tables")).includes(table);
      return {
        landed: !left,
        observation: left
          ? `the rule that drops packets of ${service} is still there`
          : `no rule drops packets of ${service} any more`,
      };
    },
  };
}
