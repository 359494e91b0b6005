import { expect, test } from "vitest";
import type { ModelRequest, Simulation } from "../../../harness/target/model.ts";
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import { renditions } from "../stream/event.ts";
import { publishAtMs } from "../stream/template.ts";
import type { Watched } from "./fetch-model.ts";
import { BufferedPlayer } from "./player-model.ts";

const startMs = Date.UTC(2026, 0, 1);

/**
 * An edge that has every segment as soon as it is published, except from one given second to
 * another.
 */
function watching(outS: readonly [number, number] | null = null, silent: string | null = null) {
  const clock = new VirtualClock(startMs);
  const isOut = (): boolean =>
    outS !== null &&
    clock.nowMs() >= startMs + 1_000 * outS[0] &&
    clock.nowMs() < startMs + 1_000 * outS[1];
  const asked: string[] = [];
  const edge = {
    get: (
      { rendition, number }: { rendition: string; number: number },
      _weight: number,
      reply: (answer: object) => void,
    ) => {
      asked.push(`${rendition} ${clock.nowMs() >= publishAtMs(number)}`);
      reply({ status: isOut() || rendition === silent ? 503 : 200 });
    },
  } as unknown as Watched;
  const simulation = {
    layout: { content: { renditions } },
    nowMs: () => clock.nowMs(),
    random: () => 0.5,
    after: (ms: number, run: () => void) => clock.after(ms, run),
    request: ({ serve, done }: ModelRequest<object>) =>
      serve((answer) => clock.after(5, () => done(answer))),
  } as unknown as Simulation;
  const player = new BufferedPlayer(simulation, edge);
  const stood: number[] = [];
  const run = async (seconds: number): Promise<void> => {
    for (let last = player.look().mediaS, tick = 0; tick < 10 * seconds; tick++) {
      await clock.until(clock.sleep(100));
      const { mediaS } = player.look();
      if (mediaS === last) stood.push((clock.nowMs() - startMs) / 1_000);
      last = mediaS;
    }
  };
  return { run, asked, stood, player, behindS: () => clock.nowMs() / 1_000 - player.look().mediaS };
}

test("plays 6 s behind live, requests each segment once it exists, and never stalls", async () => {
  const { run, asked, stood, behindS } = watching();
  await run(30);
  expect(stood.filter((atS) => atS > 1)).toEqual([]);
  expect(behindS()).toBeCloseTo(6, 0);
  expect(new Set(asked)).toEqual(new Set(["v720 true", "audio true"]));
});

test("stalls when an outage outlasts its buffer, then resumes and catches up", async () => {
  const { run, stood, behindS } = watching([10, 20]);
  await run(40);
  const stall = stood.filter((atS) => atS > 1);
  expect([stall[0], stall.at(-1)].map((atS) => Math.round(atS ?? 0))).toEqual([14, 20]);
  expect(behindS()).toBeGreaterThan(8);
  await run(60);
  expect(behindS()).toBeLessThan(6.5);
});

test("outlasts an outage shorter than its buffer, and does not start without sound", async () => {
  const short = watching([10, 12]);
  await short.run(30);
  expect(short.stood.filter((atS) => atS > 1)).toEqual([]);
  const mute = watching(null, "audio");
  await mute.run(10);
  expect(mute.stood.length).toBe(100);
});
