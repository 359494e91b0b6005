/**
 * The punctuality of injections on the process or docker substrate: from the planned moment until
 * the act is done. Small real services have Toxiproxy on their links, and the code is that of a
 * run. Prints p50, p99 and maximum by kind. Fails if the overall p99 is above 50 ms (docker: 500
 * ms).
 *
 *     node_modules/.bin/node benchmarks/injection.ts [ROUNDS] [docker]
 */
import { faults as streaming } from "../targets/live-streaming/pack/faults.ts";
import { setTimeout as delay } from "node:timers/promises";
import { type Fault, struckIn } from "../harness/faults/faults.ts";
import type { RunEvent } from "../harness/record/events.ts";
import { quantile } from "../harness/base/statistics.ts";
import { injecting } from "../harness/faults/inject.ts";
import { miniLayout, startMini } from "../test/support/targets/mini.ts";
import { FaultsInForce } from "../harness/run/faults-in-force.ts";
import { deployOnDocker } from "../test/support/docker-engine.ts";
import { realClock } from "../harness/system/clock.ts";
import { observer } from "../harness/system/observer.ts";

const rounds = Number(process.argv[2] ?? 20);
const onDocker = process.argv.includes("docker");
const limitMs = onDocker ? 500 : 50;
const toBack = { to: { service: "a/back" } };
const faults: readonly Fault[] = [
  { kind: "kill", service: "a/back" },
  { kind: "pause", service: "a/back" },
  { kind: "latency", links: { from: { service: "a/front" } }, delayMs: 40, jitterMs: 10 },
  { kind: "partition", links: toBack },
  { kind: "reset", links: toBack },
  { kind: "zoneLoss", zone: "region-b-1" },
  streaming.coldCache({ service: "a/store" }),
];

await using mini = onDocker ? await deployOnDocker(miniLayout) : await startMini();
const clock = realClock();
const late = new Map<string, number[]>();
let failed = 0;
for (let round = 0; round < rounds; round++) {
  for (const fault of faults) {
    const injected = Promise.withResolvers<Extract<RunEvent, { kind: "injected" }>>();
    const events = {
      event: (event: object) => {
        if ((event as RunEvent).kind === "injected")
          injected.resolve(event as Extract<RunEvent, { kind: "injected" }>);
      },
    };
    const inForce = new FaultsInForce(
      { clock, inject: injecting(observer), events },
      mini.deployment,
      new AbortController().signal,
    );
    const plannedMs = clock.nowMs() + 50 + Math.random() * 50;
    await delay(Math.max(0, plannedMs - clock.nowMs()));
    inForce.inject(
      0,
      { fault, struck: struckIn(fault, mini.deployment.layout) },
      plannedMs,
      Number.POSITIVE_INFINITY,
    );
    const { actedMs, evidence } = await injected.promise;
    if (!evidence.landed || actedMs === undefined) failed++;
    late.set(fault.kind, [
      ...(late.get(fault.kind) ?? []),
      (actedMs ?? Number.POSITIVE_INFINITY) - plannedMs,
    ]);
    await inForce.healAll();
  }
}

const row = (title: string, values: readonly number[]): number => {
  const sorted = Float64Array.from(values).sort();
  const [p50 = 0, p99 = 0] = [0.5, 0.99].map((share) => quantile(sorted, share) ?? 0);
  process.stdout.write(
    `${title.padEnd(12)} ${String(values.length).padStart(5)} ${p50.toFixed(1).padStart(8)} ` +
      `${p99.toFixed(1).padStart(8)} ${(sorted.at(-1) ?? 0).toFixed(1).padStart(8)}\n`,
  );
  return p99;
};
process.stdout.write(
  `From the planned moment until the act is done, in ms\n${"".padEnd(12)} ` +
    `${"n".padStart(5)} ${"p50".padStart(8)} ${"p99".padStart(8)} ${"max".padStart(8)}\n`,
);
for (const [kind, values] of late) row(kind, values);
const p99 = row("all", [...late.values()].flat());
process.stdout.write(
  `${failed} of ${rounds * faults.length} were not seen to land; p99 ` +
    `${p99 <= limitMs ? "is within" : "is above"} ${limitMs} ms\n`,
);
process.exitCode = failed === 0 && p99 <= limitMs ? 0 : 1;
