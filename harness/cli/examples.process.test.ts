import { expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";

it("the storm holds on a third-party backend", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => [
    "run",
    "./examples/nginx-segments/origin-storm.ts",
  ]);
  expect(exitCode, stderr + stdout).toBe(0);
  expect(out.verdict().findings.find((finding) => finding.id === "faults.landed")).toMatchObject({
    status: "held",
  });
});
