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

it("a stream that is known by its address is read, and held", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => [
    "run",
    "./examples/any-stream/slow-origin.ts",
  ]);
  expect(exitCode, stderr + stdout).toBe(0);
  expect(stderr).toContain("Stream: HLS, read from /live/master.m3u8");
  expect(out.verdict().findings.find((finding) => finding.id === "faults.landed")).toMatchObject({
    status: "held",
  });
});

it("an evening of production is replayed on it, and every request is offered", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => [
    "run",
    "./examples/replay/evening-again.ts",
  ]);
  expect(exitCode, stderr + stdout).toBe(0);
  for (const id of ["generator.offered", "generator.on-time", "generator.iterations"])
    expect(
      out.verdict().findings.find((finding) => finding.id === id),
      id,
    ).toMatchObject({
      status: "held",
    });
});
