/** Claims on a service's own counters and histogram, on Prometheus and on an alert, all real. */
import { beforeAll, expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";
import { alertmanagerHere } from "../../test/support/targets/alertmanager.ts";

let alertmanager: string | null;
beforeAll(() => {
  alertmanager = alertmanagerHere();
}, 700_000);
const env = (): Record<string, string> => ({ SEAWALL_ALERTMANAGER: alertmanager ?? "" });
const storm = "./examples/own-metrics/page-storm.ts";

// Each mostly waits.
it.concurrent("each page is made once, as the origin itself and Prometheus count", async (test) => {
  if (alertmanager === null) return test.skip("there is no Alertmanager here");
  const { out, exitCode, stderr, stdout } = await judged(test, () => ["run", storm], env());
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const id of ["made-once", "made-quickly", "made-as-prometheus-sees-it"])
    expect(
      findings.find((finding) => finding.id === `claim.${id}` && finding.phase === "fault"),
      id,
    ).toMatchObject({ status: "held" });
});

it.concurrent("is refuted without a cache lock, by the claim that needs it", async (test) => {
  if (alertmanager === null) return test.skip("there is no Alertmanager here");
  const { out, exitCode, stderr, stdout } = await judged(
    test,
    () => ["run", storm, "--without", "cacheLock"],
    env(),
  );
  expect(exitCode, stderr + stdout).toBe(1);
  const refuted = out.verdict().findings.filter(({ status }) => status === "refuted");
  expect(refuted.map(({ id }) => id)).toContain("claim.made-once");
});

it.concurrent("the alert of a dead origin fires in time and clears in time", async (test) => {
  if (alertmanager === null) return test.skip("there is no Alertmanager here");
  const { out, exitCode, stderr, stdout } = await judged(
    test,
    () => ["run", "./examples/own-metrics/origin-loss.ts"],
    env(),
  );
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const id of ["claim.alert-fires", "claim.alert-clears"]) {
    const finding = findings.find((one) => one.id === id);
    expect(finding, id).toMatchObject({ status: "held" });
    expect(finding?.observed, id).toBeGreaterThan(0);
  }
});
