/**
 * A plain HTTP API with its own k6 script and no stream: the harness does not depend on what is
 * served.
 */
import { expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";

// Both are small and run concurrently; an inconclusive one is repeated alone.
const experiment = "./examples/plain-http/order-rush.ts";

it.concurrent("holds, because the other server answers for the dead one", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => ["run", experiment]);
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const title of [
    "Orders are placed in time",
    "Money is spent",
    "The servers themselves fail nothing",
  ]) {
    expect(
      findings.find((finding) => finding.title === title && finding.phase === "fault"),
      title,
    ).toMatchObject({ status: "held" });
  }
  expect(findings.find(({ id }) => id === "prober.on-time")).toMatchObject({ status: "held" });
});

it.concurrent("is refuted without the retry, for the claim that needs it", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => [
    "run",
    experiment,
    "--without",
    "retries",
  ]);
  expect(exitCode, stderr + stdout).toBe(1);
  const refuted = out
    .verdict()
    .findings.filter(({ status }) => status === "refuted")
    .map(({ title }) => title);
  expect(refuted).toContain("Orders are placed in time");
});
