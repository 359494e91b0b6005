/** Real generators that share a load: k6 in processes of their own, against a small server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { everyMetric, heldPlan } from "../../../test/support/judge/held-run.ts";
import { root } from "../../../test/support/sources.ts";
import type { SampleSink, Series } from "../../metrics/samples.ts";
import { provision } from "../../provision/provision.ts";
import { arrivalsOf, stagesOf } from "../../record/arrivals.ts";
import type { Plan } from "../../record/plan.ts";
import { realClock } from "../../system/clock.ts";
import type { LoadEnd, RunningLoad } from "../generator.ts";
import { fleetOf } from "./fleet.ts";
import { localRunners } from "./local.ts";
import { SpoolReader } from "./spool.ts";

const { k6 } = await provision(["k6"], { env: process.env });
const count = 3;
const script = `
  import http from "k6/http";
  export function ask() { http.get(__ENV.BASE_URL); }
`;

/** What a sink received, one line per sample, sorted. */
class Collected implements SampleSink {
  readonly #series: string[] = [];
  readonly all: string[] = [];
  series({ metric, tags }: Series): number {
    return this.#series.push(JSON.stringify([metric, Object.entries(tags).sort()])) - 1;
  }
  sample(id: number, atMs: number, value: number): void {
    this.all.push(`${this.#series[id]} ${atMs} ${value}`);
  }
  of(metric: string): string[] {
    return this.all.filter((line) => line.startsWith(`["${metric}"`)).sort();
  }
}

let folder: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "seawall-fleet-"));
  server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
});
afterEach(() => {
  server.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

function planned(): Plan {
  const workload = join(folder, "ask.js");
  writeFileSync(workload, script);
  return {
    ...heldPlan(),
    leadInMs: 500,
    phasesMs: { baseline: 1_000, fault: 1_500, recovery: 1_000 },
    metrics: everyMetric,
    entries: ["server"],
    load: [
      {
        name: "asks",
        workload,
        exec: "ask",
        lane: "live",
        ratePerSecond: { baseline: 20, fault: 60, recovery: 20 },
        vus: 10,
        env: { BASE_URL: "{url}" },
      },
    ],
  };
}

interface Shared {
  readonly load: RunningLoad;
  readonly sink: Collected;
  /** Of the relays, in the order of the runners. */
  readonly pids: readonly number[];
}

async function shared<T>(plan: Plan, use: (shared: Shared) => Promise<T>): Promise<T> {
  const sink = new Collected();
  const pids: number[] = [];
  const generator = fleetOf(
    localRunners({
      count,
      tool: k6 as NonNullable<typeof k6>,
      workloads: root,
      env: process.env,
      command: [process.execPath, join(root, "harness", "main.ts"), "relay"],
    }),
    realClock(),
  );
  const { port } = server.address() as AddressInfo;
  await using load = await generator.prepare({
    plan,
    runId: `fleet-${process.pid}-${Date.now()}`,
    entries: [{ host: "127.0.0.1", port }],
    otherEntries: {},
    sink,
    logsDirectory: folder,
    undo: {
      record: (entry) => {
        if (entry.kind === "processGroup") pids.push(entry.pid);
        return () => {};
      },
    },
    signal: AbortSignal.timeout(60_000),
  });
  return await use({ load, sink, pids });
}

const whole = async ({ load }: Shared): Promise<LoadEnd> => {
  await load.begin();
  return load.ended;
};

/** What the relays kept, united. */
function spooled(): string[] {
  const united = new Collected();
  for (let runner = 1; runner <= count; runner++)
    new SpoolReader(united).push(
      readFileSync(join(folder, `runner-${runner}`, "spool.txt"), "utf8"),
    );
  return united.all.sort();
}

const ofRunners = ({ all }: Collected): string[] =>
  all.filter((line) => !line.startsWith('["runner_clock')).sort();

function plannedIterations(plan: Plan): number {
  return [...arrivalsOf(stagesOf(plan.load[0] as Plan["load"][number], plan))].length;
}

it("make the planned load together, and lose no sample on the way", async () => {
  const plan = planned();
  await shared(plan, async (own) => {
    const end = await whole(own);
    expect(end).toMatchObject({ expected: true, exitCode: 0 });
    const { sink } = own;
    const begun = sink.of("start_late_ms").filter((line) => line.includes('"iteration"'));
    const dropped = sink.of("dropped_iterations");
    // Each k6 may leave out the last iteration of its load.
    const missing = plannedIterations(plan) - begun.length - dropped.length;
    expect(Math.abs(missing)).toBeLessThanOrEqual(count);
    expect(ofRunners(sink)).toEqual(spooled());
    // Each clock was read before the start at least.
    expect(sink.of("runner_clock_offset_ms").length).toBeGreaterThanOrEqual(count);
  });
});

it("continue where a connection broke off", async () => {
  await shared(planned(), async (own) => {
    await own.load.begin();
    const [, second = 0] = own.pids;
    process.kill(second, "SIGSTOP");
    await new Promise((wake) => setTimeout(wake, 2_500));
    process.kill(second, "SIGCONT");
    expect(await own.load.ended).toMatchObject({ expected: true });
    expect(ofRunners(own.sink)).toEqual(spooled());
  });
});

it("continue without a lost one, whose share is then missing", async () => {
  const plan = planned();
  await shared(plan, async (own) => {
    await own.load.begin();
    await new Promise((wake) => setTimeout(wake, 1_500));
    process.kill(own.pids[1] as number, "SIGKILL");
    const end = await own.load.ended;
    expect(end.expected).toBe(false);
    expect(end.detail).toMatch(/^runner 2 of 3 was lost after \d+ samples: its process ended/);
    const { length } = own.sink.of("start_late_ms").filter((line) => line.includes('"iteration"'));
    const share = length / plannedIterations(plan);
    expect(share).toBeGreaterThan(0.66);
    expect(share).toBeLessThan(1);
  });
});
