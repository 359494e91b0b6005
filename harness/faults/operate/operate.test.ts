import { describe, expect, it } from "vitest";
import type { Deployment } from "../../target/deployment.ts";
import type { Strike } from "../../target/fault.ts";
import type { FaultOf } from "../faults.ts";
import { carryOut, type Injection } from "../injection.ts";
import { filled, operatorAct } from "./inject.ts";

type Call = readonly [operation: string, parameters: Readonly<Record<string, string>>];

/** A fake service that holds at most one mask; `deaf` accepts the operation without effect. */
function origin(calls: Call[], deaf = false): Deployment {
  let mask: string | null = null;
  const operations: Readonly<
    Record<string, (parameters: Readonly<Record<string, string>>) => string>
  > = {
    mask: ({ from = "" }) => {
      if (!deaf) mask = `7:${from}`;
      return '{"id":7,"edges":[]}';
    },
    unmask: ({ id }) => {
      if (mask?.startsWith(`${id}:`)) mask = null;
      return "";
    },
    masks: () => JSON.stringify({ mask }),
  };
  const instance = {
    service: { name: "o" },
    operate: async (name: string, parameters = {}) => {
      calls.push([name, parameters]);
      return operations[name]?.(parameters) ?? Promise.reject(new Error(`no ${name}`));
    },
  };
  return {
    instance: () => instance,
    layout: { rhythm: { ms: 2_000, name: "segment", zeroMs: 0 } },
  } as unknown as Deployment;
}

const fault: FaultOf<"operate"> = {
  kind: "operate",
  service: "o",
  operation: "mask",
  parameters: { from: "{segment+5}" },
  look: { operation: "masks", shows: '"{answer.id}:505"' },
  undo: { operation: "unmask", parameters: { id: "{answer.id}" } },
};
let nowMs = 1_000_500;
const clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  sleep: async (ms: number): Promise<void> => {
    nowMs += ms;
  },
};
const operate = (acted: FaultOf<"operate">, deployment: Deployment): Promise<Injection> => {
  nowMs = 1_000_500;
  const strike: Strike<FaultOf<"operate">> = {
    fault: acted,
    deployment,
    services: [deployment.instance("o")],
    links: [],
    clock,
    signal: new AbortController().signal,
  };
  return carryOut(operatorAct(strike), clock);
};

describe("an operator's act", () => {
  it("fills in its moment, is verified, and is reverted by its answer", async () => {
    const calls: Call[] = [];
    const injection = await operate(fault, origin(calls));
    expect(injection.evidence).toEqual({
      landed: true,
      observation: 'masks of o now contains (absent before) "7:505"',
    });
    expect(await injection.heal()).toEqual({
      landed: true,
      observation: 'masks of o no longer contains "7:505"',
    });
    expect(calls).toEqual(
      expect.arrayContaining([
        ["mask", { from: "505" }],
        ["unmask", { id: "7" }],
      ]),
    );
  });

  it.each<readonly [string, FaultOf<"operate">, boolean, RegExp]>([
    ["that nothing comes of", fault, true, /does not contain/],
    [
      "whose outcome was there before",
      { ...fault, look: { operation: "masks", shows: "mask" } },
      false,
      /contained before the act/,
    ],
    ["that the service refuses", { ...fault, operation: "none" }, false, /no none/],
  ])("%s did not land", async (_what, acted, deaf, observation) => {
    const { evidence } = await operate(acted, origin([], deaf));
    expect(evidence).toEqual({ landed: false, observation: expect.stringMatching(observation) });
  });

  it("does not heal without a successful undo, and stays if it has none", async () => {
    const kept = await operate({ ...fault, undo: { operation: "masks" } }, origin([]));
    expect(await kept.heal()).toMatchObject({
      landed: false,
      observation: expect.stringContaining("still contains"),
    });
    const { undo: _, ...permanent } = fault;
    expect(await (await operate(permanent, origin([]))).heal()).toMatchObject({ landed: true });
  });
});

it("fills in known placeholders and leaves the rest", () => {
  expect(
    filled("{nowMs} {nowMs+20} {segment-3} {answer.id} {answer.constructor} {other}", {
      nowMs: "100",
      segment: "7",
      "answer.id": "x",
    }),
  ).toBe("100 120 4 x {answer.constructor} {other}");
});
