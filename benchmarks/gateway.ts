/**
 * The effect of each of the gateway's defences, with and without it. Measures session starts under
 * a surge of prefetching, goodput from 1× to 6× load, and starts beside a flood of telemetry. Rates
 * derive from the capacity measured first, so only ratios are meaningful.
 *
 *     node_modules/.bin/node benchmarks/gateway.ts [SECONDS PER STEP]
 */
import {
  capacityOf,
  gatewayProcess,
  percentile,
  type Result,
  share,
  starts,
  storm,
  type Stream,
} from "../test/support/live-streaming/gateway-process.ts";

const seconds = Number(process.argv[2] ?? 8);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const figures = (result: Result): string =>
  `${percent(share(result)).padStart(8)} of ${String(result.sent).padStart(5)}, p50 ` +
  `${percentile(result.ms, 0.5).toFixed(0)} p99 ${percentile(result.ms, 0.99).toFixed(0)} ms`;

/**
 * The capacity of a fresh gateway is measured without admission, which would keep it from
 * saturation.
 */
async function measureCapacity(): Promise<number> {
  await using gateway = await gatewayProcess(["admission"], cost);
  await capacityOf(gateway.base, 1);
  return await capacityOf(gateway.base, 3);
}

/**
 * Twice the work of a deployed start, so that the generator, on the same two cores, needs only half
 * the rate.
 */
const cost = { keyCost: 4_096 };
const capacity = await measureCapacity();
say(`capacity ${capacity.toFixed(0)} starts/s with one signer`);

for (const without of [[], ["admission"]] as const) {
  say(without.length === 0 ? "\nwith admission" : "\nwithout admission");
  {
    await using gateway = await gatewayProcess(without, cost);
    const [play, prefetch] = [0.2 * capacity, 0.25 * capacity];
    const calm = await storm(
      gateway.base,
      { play: starts("play", play), prefetch: starts("prefetch", prefetch) },
      seconds,
    );
    say(`  1× prefetch   play ${figures(calm.play)} | prefetch ${figures(calm.prefetch)}`);
    const surge = await storm(
      gateway.base,
      { play: starts("play", play), prefetch: starts("prefetch", 12 * prefetch) },
      seconds,
    );
    say(`  12× prefetch  play ${figures(surge.play)} | prefetch ${figures(surge.prefetch)}`);
  }
  for (const times of [1, 2, 4, 6]) {
    await using gateway = await gatewayProcess(without, cost);
    const { play } = await storm(
      gateway.base,
      { play: starts("play", times * 0.45 * capacity) },
      seconds,
    );
    say(
      `  ${times}× load  goodput ${(play.served / seconds).toFixed(0).padStart(4)}/s, ` +
        `${figures(play)}`,
    );
  }
}

/** 20,000 events a second. */
const telemetry: Stream = {
  path: "/events",
  kind: "telemetry",
  perSecond: 200,
  body: JSON.stringify({
    events: Array.from({ length: 100 }, (_, index) => ({
      kind: "player.heartbeat",
      atMs: 1_700_000_000_000 + index,
      detail: { bufferMs: 4_000, rendition: "v720" },
    })),
  }),
};
for (const without of [[], ["boundedIngest"]] as const) {
  say(
    without.length === 0
      ? "\nbeside a flood of telemetry"
      : "\nbeside a flood of telemetry, without boundedIngest",
  );
  await using gateway = await gatewayProcess(without, cost);
  const { play, events } = await storm(
    gateway.base,
    { play: starts("play", 0.2 * capacity), events: telemetry },
    seconds,
  );
  say(`  play ${figures(play)} | batches ${figures(events)}`);
  say(`  ${await (await fetch(`${gateway.base}/ingest`)).text()}`.trimEnd());
}
