import { describe, expect, it } from "vitest";
import { fakeService, injected } from "../../../../../test/support/faults/strike.ts";
import { inject, type segmentDefects } from "./inject.ts";

type Defect = (typeof segmentDefects)[number];

/**
 * A packager that corrupts one segment each time its remaining count is read, if it corrupts any.
 */
function packager(
  defect: Defect,
  { spoils, forgets = false }: { spoils: boolean; forgets?: boolean },
) {
  let order: { left: number } | null = null;
  const journal: string[] = [];
  const spoil = (): void => {
    if (order === null || !spoils) return;
    order.left--;
    const number = journal.length + 1;
    const defects = defect === "rot" ? [] : [defect];
    journal.push(
      JSON.stringify({
        seq: number,
        number,
        rendition: "v",
        outcome: "acked",
        defects,
        backfill: false,
      }),
    );
  };
  const operations: Readonly<
    Record<string, (parameters: Readonly<Record<string, string>>) => string>
  > = {
    defects: ({ segments }) => {
      order = { left: Number(segments) };
      return "";
    },
    defectsLeft: () => {
      spoil();
      return JSON.stringify(order);
    },
    defectsOff: () => {
      if (!forgets) order = null;
      return "";
    },
    journal: ({ after }) => journal.slice(Number(after)).join("\n"),
  };
  return fakeService("p", {
    operate: async (name, parameters = {}) => operations[name]?.(parameters) ?? "",
  });
}

describe("spoiled segments", () => {
  it.each([
    ["timing", "inspection found timing"],
    ["rot", "nothing found by inspection"],
  ] as const)("show in the journal: %s", async (defect, found) => {
    const { evidence, observe, heal } = await injected(inject, {
      fault: { defect, segments: 5 },
      services: [packager(defect, { spoils: true })],
    });
    expect(evidence).toEqual({
      landed: true,
      observation: `p has spoiled 1 of 5 segments; segment 1 of v: acked, ${found}`,
    });
    expect(await observe?.look()).toEqual({
      landed: true,
      observation: "p has spoiled 2 of 5 segments",
    });
    expect(await heal()).toEqual({
      landed: true,
      observation: "no more segments of p are to be spoiled",
    });
    expect(await observe?.look()).toEqual({
      landed: false,
      observation: "p has no order to spoil segments any more, and its journal shows 2 of 5",
    });
  });

  it("do not land if nothing is spoiled, and do not heal while an order is in force", async () => {
    const { evidence, heal } = await injected(inject, {
      fault: { defect: "short", segments: 5 },
      services: [packager("short", { spoils: false, forgets: true })],
    });
    expect(evidence).toEqual({
      landed: false,
      observation:
        "p has spoiled 0 of 5 segments, and its journal shows none with the defect short",
    });
    expect(await heal()).toEqual({
      landed: false,
      observation: "5 segments of p are still to be spoiled",
    });
  });
});
