import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LiveState, renderLiveLine } from "./live-line.ts";

const state: LiveState = {
  phase: "fault",
  phaseLeftMs: 12_300,
  requestsPerSecond: 1234,
  goodPerSecond: { what: "live served", value: 480.4 },
  shedByLane: { dvr: 1234, live: 0 },
  failed: 3,
  note: "",
};
const plain = { columns: 100, colour: false, isTerminal: false };

describe("the live line", () => {
  test("shows phase, time left, rates, shed and failed requests", () => {
    expect(renderLiveLine(state, plain)).toBe(
      "fault · 13 s left · 1.2 k/s requests · 480 /s live served · shed dvr 1,234 · failed 3\n",
    );
  });

  test("omits unknown values", () => {
    expect(
      renderLiveLine(
        {
          ...state,
          phase: "deploying",
          phaseLeftMs: null,
          requestsPerSecond: 0,
          goodPerSecond: { what: "live served", value: 0 },
          shedByLane: {},
          failed: 0,
          note: "2 of 12 services up",
        },
        plain,
      ),
    ).toBe("deploying · 2 of 12 services up\n");
  });

  test("fits on one line", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, size: "max" }),
        fc.string({ maxLength: 30 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (note, phase, columns, colour) => {
          const text = renderLiveLine(
            { ...state, note, phase },
            { columns, colour, isTerminal: true },
          );
          expect(text).not.toContain("\n");
          expect([...stripVTControlCharacters(text)].length).toBeLessThanOrEqual(
            Math.max(1, columns - 1),
          );
        },
      ),
    );
  });

  test("has neither colour nor cursor movement if disabled", () => {
    expect(
      renderLiveLine({ ...state, note: "a \u001b[31mred\u001b[0m service" }, plain),
    ).not.toContain("\u001b");
  });
});
