/**
 * The delay that a link's proxy adds to a ping without any fault: the ping over the link minus a
 * simultaneous one past it. `plan` refuses delays that are not well above it
 * (`harness/faults/latency/delay.ts`). Prints p50, p99 and maximum, idle and with both cores busy.
 * Fails if p99 is above the smallest delay.
 *
 *     node_modules/.bin/node benchmarks/link-noise.ts [PINGS]
 */
import { Worker } from "node:worker_threads";
import { delayMsMin } from "../harness/faults/latency/delay.ts";
import { quantile } from "../harness/base/statistics.ts";
import { askBothEnds } from "../harness/faults/proofs.ts";
import { startMini } from "../test/support/targets/mini.ts";
import { observer } from "../harness/system/observer.ts";

const pings = Number(process.argv[2] ?? 500);
const cores = 2;
await using mini = await startMini();
const link = mini.deployment.links.find(({ link: { to } }) => to === "a/back");
if (link === undefined) throw new Error("the small target has that link");

async function addedMs(): Promise<Float64Array> {
  const added: number[] = [];
  for (let asked = 0; asked < pings; asked++) {
    const { entry, exit } = await askBothEnds(
      link as NonNullable<typeof link>,
      { deployment: mini.deployment, observer },
      2_000,
    );
    if (entry.outcome === "answered" && exit.outcome === "answered")
      added.push(entry.tookMs - exit.tookMs);
  }
  return Float64Array.from(added).sort();
}

let worstMs = 0;
const show = (what: string, sorted: Float64Array): void => {
  const [p50, p99] = [quantile(sorted, 0.5) ?? 0, quantile(sorted, 0.99) ?? 0];
  worstMs = Math.max(worstMs, p99);
  process.stdout.write(
    `${what}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, most ` +
      `${(sorted.at(-1) ?? 0).toFixed(2)} ms of ${sorted.length} pings\n`,
  );
};
show("idle", await addedMs());
const busy = Array.from({ length: cores }, () => new Worker("for (;;);", { eval: true }));
show(`${cores} cores busy`, await addedMs());
await Promise.all(busy.map((worker) => worker.terminate()));
process.exitCode = worstMs <= delayMsMin ? 0 : 1;
