import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import type { Layout } from "../target/layout.ts";
import { realClock } from "../system/clock.ts";
import { auditEnd, auditFile, auditStart } from "./audit.ts";
import { opened } from "./run-experiment.ts";

it("says who runs what against which host, before and after, without a secret", () => {
  const out = mkdtempSync(join(tmpdir(), "seawall-audit-"));
  try {
    const plan = { ...heldPlan(), rerun: "TOKEN=x ./seawall run http://me:secret@a/?token=abc" };
    const at = { http: { host: "shop.example", port: 443 }, amqp: { host: "::1", port: 5672 } };
    const layout = { services: [{ at }, {}] } as unknown as Layout;
    auditStart({ env: { GITHUB_ACTOR: "ada" } }, out, "run-1", { plan, layout }, 0);
    auditEnd(out, "run-1", "held", 1_000);
    const text = readFileSync(join(out, auditFile), "utf8");
    expect(text).not.toMatch(/secret|abc/);
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      {
        event: "started",
        at: "1970-01-01T00:00:00.000Z",
        run: "run-1",
        user: "ada",
        experiment: plan.experiment,
        hosts: ["shop.example:443", "::1:5672"],
      },
      { event: "ended", run: "run-1", status: "held" },
    ]);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

it("begins nothing where it cannot be written", () => {
  const target = { plan: heldPlan(), layout: { services: [] } as unknown as Layout };
  expect(() => auditStart({ env: {} }, "/dev/null", "run-1", target, 0)).toThrow(/audit\.ndjson/);
});

it("leaves no folder of a run that it did not let begin", () => {
  const out = mkdtempSync(join(tmpdir(), "seawall-audit-"));
  try {
    mkdirSync(join(out, auditFile));
    const directory = join(out, "experiment", "run-1");
    mkdirSync(directory, { recursive: true });
    const context = { env: {}, stateDirectory: join(out, "state") };
    const target = { plan: heldPlan(), layout: { services: [], links: [] } as unknown as Layout };
    expect(() => opened(context, target, realClock(), out, directory, "run-1")).toThrow(/audit/);
    expect(existsSync(directory)).toBe(false);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
