/**
 * Runs a workload like the harness, against small servers, and returns what the harness would
 * record.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import { everyMetric } from "./judge/held-run.ts";
import { bundled } from "../../harness/load/bundle.ts";
import { CsvParser } from "../../harness/load/csv.ts";
import { provision } from "../../harness/provision/provision.ts";

export interface Place extends Disposable {
  readonly name: string;
  readonly url: string;
}

/** A server that lives until it is disposed. */
export async function serverThat(name: string, answer: RequestListener): Promise<Place> {
  const server: Server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]: () => server.close().closeAllConnections(),
  };
}

export interface Seen {
  readonly atMs: number;
  readonly value: number;
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
}

function scenariosOf(settings: object): readonly string[] {
  return "scenarios" in settings ? Object.keys(settings.scenarios as object) : [];
}

/** A workload of streams as one file in this folder, as k6 needs it; returns its path. */
export async function bundledWorkload(folder: string, workload: string): Promise<string> {
  const script = join(folder, `${workload}.js`);
  const path = join(streaming.workloads ?? "", `${workload}.ts`);
  writeFileSync(script, await bundled(`export * from ${JSON.stringify(path)};`, folder, workload));
  return script;
}

/** `settings` is the content of SEAWALL_LOAD. */
export async function seenOf(workload: string, settings: object): Promise<Seen[]> {
  const { k6 } = await provision(["k6"], { env: process.env });
  const folder = mkdtempSync(join(tmpdir(), "seawall-workload-"));
  const script = await bundledWorkload(folder, workload);
  const { stdout } = await promisify(execFile)(
    k6?.executable ?? "k6",
    [
      "run",
      "--quiet",
      "--no-usage-report",
      "--no-thresholds",
      "--summary-mode=disabled",
      "--system-tags",
      "status,scenario",
      "--out",
      "csv=-",
      "--address",
      "127.0.0.1:0",
      script,
    ],
    {
      env: {
        ...process.env,
        ...k6?.env,
        SEAWALL_LOAD: JSON.stringify(settings),
        K6_CSV_TIME_FORMAT: "unix_micro",
      },
      maxBuffer: 64e6,
    },
  ).finally(() => rmSync(folder, { recursive: true }));
  const series: Omit<Seen, "value" | "atMs">[] = [];
  const seen: Seen[] = [];
  const parser = new CsvParser(
    {
      series: (one) => series.push(one) - 1,
      sample: (id, atMs, value) => seen.push({ ...(series[id] as Seen), atMs, value }),
    },
    scenariosOf(settings).map((name) => ({ name, lane: "junk", stages: [] })),
    everyMetric,
  );
  parser.push(Buffer.from(stdout));
  parser.end();
  return seen;
}
