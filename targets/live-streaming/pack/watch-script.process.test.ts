/**
 * The script `watch` itself, with stand-ins for the modules of k6, on the same clock as the model.
 * Both ask the same at the same moments. `watch.process.test.ts` has k6 in their place.
 */
import { createContext, Script } from "node:vm";
import { expect, test } from "vitest";
import { bundled } from "../../../harness/load/bundle.ts";
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import {
  dashStream,
  hlsStream,
  host,
  type MadeUp,
  segmentMs,
} from "../../../test/support/live-streaming/made-up-streams.ts";
import {
  byTrack,
  fateOf,
  inVirtualTime,
  timetable,
} from "../../../test/support/live-streaming/same-answers.ts";

const script = await bundled(
  `export * from ${JSON.stringify(`${import.meta.dirname}/workloads/watch.ts`)};`,
  import.meta.dirname,
  "watch",
  "cjs",
);
const zeroMs = Date.UTC(2026, 0, 1) + 640;

async function inScript(stream: MadeUp) {
  const clock = new VirtualClock(zeroMs);
  const asked: string[] = [];
  const recorded: string[] = [];
  const settings = {
    seed: 7,
    entries: [{ name: "edge", url: host }],
    others: {},
    content: {
      event: "main",
      segmentMs,
      availabilityStartMs: 0,
      dvrSegments: 20,
      renditions: [],
      segmentPath: "/{number}",
      manifestPath: stream.url.slice(host.length),
    },
    ...timetable,
    scenarios: {},
  };
  const asyncRequest = (_method: string, url: string): Promise<object> => {
    const path = url.slice(host.length);
    asked.push(path);
    const { status, text, bytes, firstByteMs, bodyMs } = fateOf(
      stream,
      path,
      clock.nowMs(),
      zeroMs,
    );
    return new Promise((done) =>
      clock.after(firstByteMs + bodyMs, () => {
        clock.settled();
        done({
          status,
          error_code: status === 200 ? 0 : 1_000 + status,
          timings: { receiving: bodyMs },
          headers: { "Content-Length": String(status === 200 ? (text?.length ?? bytes) : 0) },
          body: text,
        });
      }),
    );
  };
  class Trend {
    readonly #name: string;
    constructor(name: string) {
      this.#name = name;
    }
    add(): void {
      recorded.push(this.#name);
    }
  }
  const modules: Readonly<Record<string, object>> = {
    k6: { sleep() {} },
    "k6/http": { default: { asyncRequest }, asyncRequest },
    "k6/crypto": { sha256: () => "" },
    "k6/metrics": { Trend, Counter: Trend },
    "k6/timers": { setTimeout: (run: () => void, ms: number) => void clock.after(ms, run) },
    "k6/execution": {
      scenario: { name: "one", iterationInTest: 0, startTime: zeroMs },
      vu: { idInTest: 1 },
    },
  };
  class VirtualDate extends Date {
    static override now(): number {
      return clock.nowMs();
    }
  }
  const module = { exports: {} as { watch(): Promise<void> } };
  const globals = {
    module,
    exports: module.exports,
    require: (name: string) => modules[name] ?? {},
    __ENV: { SEAWALL_LOAD: JSON.stringify(settings) },
    Date: VirtualDate,
    console,
  };
  new Script(script).runInContext(createContext(globals));
  const over = module.exports.watch();
  await clock.until(Promise.all([over, clock.sleep(60_000)]));
  return { asked, recorded };
}

test.each([
  ["DASH", dashStream()],
  ["HLS", hlsStream()],
] as const)("asks the same as the model for the same answers, of %s", async (_name, stream) => {
  const [own, model] = [await inScript(stream), await inVirtualTime(stream, zeroMs)];
  expect(byTrack(own.asked)).toEqual(byTrack(model.asked));
  expect(own.asked.length).toBeGreaterThan(20);
  expect(own.recorded.sort()).toEqual(model.recorded.map(({ metric }) => metric).sort());
});
