import { expect, it } from "vitest";
import originStorm from "../../../experiments/origin-storm.ts";
import { environmentProblems } from "./environment.ts";
import { lineOf } from "./problem.ts";

const [one] = originStorm.load as [(typeof originStorm.load)[number]];
const set: Readonly<Record<string, string>> = { GOOD: "long enough", SHORT: "short", EMPTY: "" };
const problems = (...loads: readonly Partial<typeof one>[]) =>
  environmentProblems(
    { ...originStorm, load: loads.map((load) => ({ ...one, ...load })) },
    { services: [] },
    { variable: (name) => set[name] },
  ).map(lineOf);

it("takes variables that are set, and secrets that can be kept", () => {
  expect(problems({ env: { A: "1" }, secrets: ["GOOD"] }, { env: { A: "1" } })).toEqual([]);
});

it.each([
  [[{ env: { A: "1" } }, { env: { A: "2" } }], /another load sets A otherwise/],
  [[{ secrets: ["NONE"] }], /the variable NONE is not set/],
  [[{ secrets: ["EMPTY"] }], /the variable EMPTY is not set/],
  [[{ secrets: ["SHORT"] }], /SHORT is shorter than 8 characters/],
  [[{ env: { GOOD: "1" }, secrets: ["GOOD"] }], /GOOD is in env, too/],
] as const)("refuses %j", (loads, reason) => {
  expect(problems(...loads)).toEqual([expect.stringMatching(reason)]);
});
