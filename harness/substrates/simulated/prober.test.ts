import { expect, it } from "vitest";
import type { Series } from "../../metrics/samples.ts";
import type { VirtualContext } from "../../target/pack-virtual.ts";
import { SimulatedProber } from "./prober.ts";
import { VirtualClock } from "./virtual-clock.ts";

it("sends the layout's requests to the model, each twice a second", async () => {
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  const all: Series[] = [];
  const seen: string[] = [];
  const prober = new SimulatedProber({
    clock,
    layout: {
      probes: [
        { service: "front", port: "http", path: "/one", lane: "browse" },
        { service: "back", port: "http", path: "/two", lane: "buy" },
      ],
    },
    model: {
      probe: (service: string, wish: object, done: (outcome: string) => void) => {
        asked.push(`${clock.nowMs()} ${service} ${JSON.stringify(wish)}`);
        clock.after(7, () => done(service === "front" ? "served" : "503"));
      },
    },
    sink: {
      series: (series: Series) => all.push(series) - 1,
      sample: (id: number, atMs: number, value: number) => {
        const { metric, tags } = all[id] as Series;
        if (metric === "canary_ms") seen.push([atMs, value, ...Object.values(tags)].join(" "));
      },
    },
  } as unknown as VirtualContext);
  clock.after(600, () => prober.stop());
  await clock.until(clock.sleep(2_000));
  expect(asked).toEqual([
    '0 front {"path":"/one"}',
    '250 back {"path":"/two"}',
    '500 front {"path":"/one"}',
  ]);
  expect(seen).toEqual([
    "7 7 front browse served",
    "257 7 back buy 503",
    "507 7 front browse served",
  ]);
});
