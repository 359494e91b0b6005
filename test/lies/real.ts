/** Lies of a real target and a real generator, with k6, Toxiproxy and services running. */
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outFolder, seawall } from "../support/cli/seawall.ts";
import { provision } from "../../harness/provision/provision.ts";
import { judged, type LieGroup, type Outcome } from "./lie.ts";

const attemptsMax = 3;

/** A run that should be held is repeated if a busy machine makes it inconclusive. */
async function run(env: Readonly<Record<string, string>>, attempts: number): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const out = outFolder();
    const { exitCode, stderr } = await seawall(
      ["run", join(import.meta.dirname, "small-target.ts"), "--force", "--out", out.path],
      env,
    ).ended;
    if (exitCode === null || exitCode > 2) throw new Error(`exit status ${exitCode}: ${stderr}`);
    if (exitCode !== 2 || attempt >= attempts) return judged(out.verdict());
  }
}

async function calmK6(): Promise<string> {
  const { k6 } = await provision(["k6"], { env: process.env });
  const script = join(mkdtempSync(join(tmpdir(), "seawall-lies-")), "k6");
  writeFileSync(
    script,
    `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, "calm-k6.ts")}" ` +
      `"${k6.executable}" "$@"\n`,
  );
  chmodSync(script, 0o755);
  return script;
}

export const realLies: LieGroup = {
  title: "a real target and a real generator",
  runs: "process",
  lies: [
    {
      name: "real-link-that-nobody-uses",
      says: "the edge reaches its origin past the slow link",
      caughtBy: "faults.traffic",
      plant: () => run({ LIE: "bypass" }, 1),
    },
    {
      name: "real-link-of-health-checks",
      says: "the edge checks the origin over the slow link, and fetches past it",
      caughtBy: "faults.traffic",
      plant: () => run({ LIE: "checked" }, 1),
    },
    {
      name: "real-metrics-that-froze",
      says: "what the edge exposes of itself freezes in the baseline",
      caughtBy: "target.metrics",
      plant: () => run({ LIE: "frozen" }, 1),
    },
    {
      name: "real-storm-that-never-came",
      says: "the real k6 keeps the baseline's rate during the storm",
      caughtBy: "generator.offered",
      plant: async () => run({ SEAWALL_K6: await calmK6() }, 1),
    },
  ],
  honest: [
    {
      name: "real-small-target",
      says: "the same target and generator without a lie",
      plant: () => run({}, attemptsMax),
    },
  ],
};
