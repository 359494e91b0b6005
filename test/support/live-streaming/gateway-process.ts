/** A gateway in its own process with an open-model load, for tests and benchmarks. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../harness/system/free-port.ts";
import type { GatewayConfiguration } from "../../../targets/live-streaming/gateway/configuration.ts";
import {
  type GatewayDefence,
  gatewaySettings,
  lose,
  type StubEdge,
  stubEdge,
} from "./gateway-here.ts";

export interface GatewayProcess extends AsyncDisposable {
  readonly base: string;
  readonly control: string;
  readonly eventsFile: string;
  readonly edges: readonly StubEdge[];
  readonly child: ChildProcess;
  /** Its log so far. */
  log(): string;
  /** SIGTERM; resolves with the exit status. */
  end(): Promise<number | null>;
}

export async function gatewayProcess(
  without: readonly GatewayDefence[] = [],
  more: Partial<GatewayConfiguration> = {},
): Promise<GatewayProcess> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-gateway-"));
  const edges = [await stubEdge(), await stubEdge()];
  const [http, control] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  const settings = gatewaySettings(
    directory,
    { http, control },
    edges.map(({ port }) => port),
    without,
    more,
  );
  writeFileSync(join(directory, "configuration.json"), JSON.stringify(settings));
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "../../../targets/live-streaming/gateway/main.ts"),
      join(directory, "configuration.json"),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let logged = "";
  child.stdout?.on("data", (data: Buffer) => {
    logged += data.toString();
  });
  child.stderr?.on("data", (data: Buffer) => {
    logged += data.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const end = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return exited;
  };
  const dispose = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await end();
    await Promise.all(edges.filter(({ server }) => server.listening).map(lose));
    rmSync(directory, { recursive: true, force: true });
  };
  const base = `http://127.0.0.1:${http}`;
  for (
    let tries = 0;
    !(await fetch(`${base}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ));
    tries += 1
  ) {
    if (tries > 300 || child.exitCode !== null) {
      await dispose();
      throw new Error(`the gateway did not start: ${logged}`);
    }
    await sleep(50);
  }
  return {
    base,
    control: `http://127.0.0.1:${control}`,
    eventsFile: settings.eventsFile,
    edges,
    child,
    end,
    log: () => logged,
    [Symbol.asyncDispose]: dispose,
  };
}

export interface Stream {
  readonly path: "/sessions" | "/events";
  readonly kind: string;
  readonly perSecond: number;
  readonly body: string;
}

export interface Result {
  readonly sent: number;
  /** Answered with 2xx within the patience. */
  readonly served: number;
  /** Of the served ones, in ms from their scheduled time. */
  readonly ms: readonly number[];
}

/** A device waits this long for an answer. */
export const patienceMs = 1_000;

/**
 * Sends each stream at its rate for the given time, independent of the answers, then waits for the
 * last.
 */
export async function storm<N extends string>(
  base: string,
  streams: Readonly<Record<N, Stream>>,
  seconds: number,
): Promise<Record<N, Result>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
  const results = Object.fromEntries(
    Object.keys(streams).map((name) => [name, { sent: 0, served: 0, ms: [] as number[] }]),
  ) as Record<N, { sent: number; served: number; ms: number[] }>;
  const underWay: Promise<void>[] = [];
  const startedMs = performance.now();
  const next = new Map<N, number>((Object.keys(streams) as N[]).map((name) => [name, 0]));
  for (let nowMs = 0; nowMs < seconds * 1_000; nowMs = performance.now() - startedMs) {
    for (const [name, sent] of next) {
      const stream = streams[name];
      const due = Math.min(
        Math.floor((nowMs / 1_000) * stream.perSecond) + 1,
        Math.floor(seconds * stream.perSecond),
      );
      for (let index = sent; index < due; index += 1) {
        const intendedMs = startedMs + (index / stream.perSecond) * 1_000;
        const result = results[name];
        result.sent += 1;
        underWay.push(
          send(base, stream, agent, intendedMs + patienceMs - performance.now()).then((ok) => {
            const tookMs = performance.now() - intendedMs;
            if (!ok || tookMs > patienceMs) return;
            result.served += 1;
            result.ms.push(tookMs);
          }),
        );
      }
      next.set(name, Math.max(sent, due));
    }
    await sleep(4);
  }
  await Promise.all(underWay);
  agent.destroy();
  return results;
}

function send(
  base: string,
  { path, kind, body }: Stream,
  agent: Agent,
  timeoutMs: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(
      base + path,
      {
        method: "POST",
        agent,
        headers: { "x-request-kind": kind, "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        response.resume().once("end", () => resolve((response.statusCode ?? 500) < 300));
      },
    );
    const timer = setTimeout(() => sent.destroy(), Math.max(1, timeoutMs));
    sent
      .once("error", () => resolve(false))
      .once("close", () => {
        clearTimeout(timer);
        resolve(false);
      });
    sent.end(body);
  });
}

export const starts = (kind: string, perSecond: number): Stream => ({
  path: "/sessions",
  kind,
  perSecond,
  body: '{"device":"tv-1"}',
});

/** Starts per second that the signers manage when they are never idle. */
export async function capacityOf(base: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  let done = 0;
  const untilMs = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      while (performance.now() < untilMs)
        if (await send(base, starts("play", 1), agent, 5_000)) done += 1;
    }),
  );
  agent.destroy();
  return done / seconds;
}

export const share = ({ served, sent }: Result): number => served / Math.max(1, sent);

export function percentile(ms: readonly number[], at: number): number {
  return ms.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(at * ms.length) - 1)] ?? Infinity;
}
