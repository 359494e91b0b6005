import { describe, expect, it } from "vitest";
import type { Instance } from "../../../../harness/target/deployment.ts";
import type { Series } from "../../../../harness/metrics/samples.ts";
import { balanceOf, reconcileEvents } from "./event-reconciliation.ts";

function gateway(name: string, answers: Readonly<Record<string, string>>): Instance {
  const telemetry = [{ kind: "books", counts: "ingest", found: "eventsFound" }];
  return {
    service: { name, telemetry },
    operate: async (operation: string) => answers[operation] ?? Promise.reject(new Error("gone")),
  } as unknown as Instance;
}

async function sunk(...instances: readonly Instance[]): Promise<string[]> {
  const all: Series[] = [];
  const lines: string[] = [];
  await reconcileEvents(
    instances,
    {
      series: (series) => all.push(series) - 1,
      sample: (id, atMs, value) =>
        void lines.push(
          `${all[id]?.tags["service"]} ${all[id]?.tags["entry"]} ${value} at ${atMs}`,
        ),
    },
    99,
  );
  return lines;
}

describe("event reconciliation", () => {
  it("balances if all accepted events are stored, shed or queued, and all stored ones exist", () => {
    expect(balanceOf({ accepted: 10, stored: 6, shed: 3, queued: 1 }, 6)).toEqual({
      taken: 0,
      queued: 1,
      stored: 0,
    });
    expect(balanceOf({ accepted: 10, stored: 6, shed: 3, queued: 0 }, 7)).toEqual({
      taken: 1,
      queued: 0,
      stored: -1,
    });
  });

  it("reports a difference in either direction, and nothing of a service without an answer", async () => {
    const good = gateway("a", {
      ingest: '{"accepted":5,"stored":5,"shed":0,"queued":0}',
      eventsFound: "5",
    });
    const bad = gateway("b", {
      ingest: '{"accepted":5,"stored":6,"shed":0,"queued":0}',
      eventsFound: "4",
    });
    expect(await sunk(good, bad, gateway("c", {}))).toEqual([
      "a taken 0 at 99",
      "a queued 0 at 99",
      "a stored 0 at 99",
      "b taken 1 at 99",
      "b queued 0 at 99",
      "b stored 2 at 99",
    ]);
  });
});
