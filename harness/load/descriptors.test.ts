import { expect, it } from "vitest";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { descriptorsMax } from "../system/descriptors.ts";
import { descriptorsNeeded, refuseTooFewDescriptors } from "./descriptors.ts";

const limits = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open ` +
  `files            1024                 ${hard}                files\n`;

it("reads the hard limit", () => {
  expect(descriptorsMax(limits("4096"))).toBe(4_096);
  expect(descriptorsMax(limits("unlimited"))).toBe(Number.POSITIVE_INFINITY);
  expect(descriptorsMax("")).toBe(Number.POSITIVE_INFINITY);
});

it("counts both ends of each viewer's connection in a proxy", () => {
  const plan = heldPlan();
  expect(descriptorsNeeded(plan)).toBe(100 + 256);
  expect(
    descriptorsNeeded({ ...plan, links: [{ from: "users", to: "region-a/edge", port: "http" }] }),
  ).toBe(200 + 256);
});

it("refuses a load that exceeds them, with a hint", () => {
  const plan = heldPlan();
  expect(() => refuseTooFewDescriptors(plan, 356)).not.toThrow();
  expect(() => refuseTooFewDescriptors(plan, 355)).toThrow(
    expect.objectContaining({ code: "GENERATOR_FAILED", hint: expect.stringContaining("ulimit") }),
  );
});
