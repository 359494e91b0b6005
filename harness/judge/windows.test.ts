import { describe, expect, it } from "vitest";
import type { RunEvent } from "../record/events.ts";
import { completed, windowsOf } from "./windows.ts";

const phase = (
  atMs: number,
  name: "leadIn" | "baseline" | "fault" | "recovery" | "drain",
): RunEvent => ({ kind: "phase", atMs, phase: name });
const whole: readonly RunEvent[] = [
  phase(0, "leadIn"),
  phase(10, "baseline"),
  phase(25, "fault"),
  phase(60, "recovery"),
  phase(90, "drain"),
  { kind: "finished", atMs: 99 },
];
const aborted = (atMs: number): RunEvent => ({ kind: "aborted", atMs, reason: "user", detail: "" });
const generator = (atMs: number, expected: boolean): RunEvent => ({
  kind: "generator",
  atMs,
  exitCode: 0,
  signal: null,
  expected,
  detail: "",
  generatorCpuSeconds: null,
  harnessCpuSeconds: 0,
  seconds: 1,
});

describe("windows", () => {
  it("follow the actual phases, whatever was planned", () => {
    expect(windowsOf(whole)).toEqual({
      baseline: { fromMs: 10, untilMs: 25, cutOff: false },
      fault: { fromMs: 25, untilMs: 60, cutOff: false },
      recovery: { fromMs: 60, untilMs: 90, cutOff: false },
    });
    expect([...completed(whole)]).toEqual(["baseline", "fault", "recovery"]);
  });

  it("omit a phase without an end", () => {
    expect(Object.keys(windowsOf(whole.slice(0, 3)))).toEqual(["baseline"]);
    expect([...completed(whole.slice(0, 3))]).toEqual(["baseline"]);
    expect(windowsOf([])).toEqual({});
  });

  it("end with the event that ended the run, and that phase is incomplete", () => {
    for (const end of [
      aborted(40),
      generator(40, false),
      { kind: "finished", atMs: 40 } as const,
    ]) {
      const events = [...whole.slice(0, 3), end, { kind: "finished", atMs: 50 } as const];
      expect(windowsOf(events).fault).toEqual({ fromMs: 25, untilMs: 40, cutOff: true });
      expect(windowsOf(events).recovery).toBeUndefined();
      expect([...completed(events)]).toEqual(["baseline"]);
    }
  });

  it("count no phase after the end as completed", () => {
    expect([...completed([...whole.slice(0, 3), generator(40, false), ...whole.slice(3)])]).toEqual(
      ["baseline"],
    );
  });

  it("do not end with a normal exit of the generator", () => {
    expect(windowsOf([...whole.slice(0, 3), generator(40, true), ...whole.slice(3)])).toEqual(
      windowsOf(whole),
    );
  });
});
