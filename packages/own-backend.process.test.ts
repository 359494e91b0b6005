/**
 * The newcomer's way in one test: a backend of their own, in a repository of their own that
 * installs the tarball. Storms that hold, controls that are refuted, a deploy as a fault, a gate by
 * ref, and two releases compared. Each way runs in its own clone.
 */
import { cpSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, type TestContext } from "vitest";
import {
  committed,
  type Ended,
  installed,
  packed,
  root,
  textOf,
  typed,
  verdictIn,
  well,
} from "../test/support/packages.ts";

const own = dirname(process.execPath);
const top = mkdtempSync(join(tmpdir(), "seawall-own-backend-"));
const user = join(top, "mylive");
let commit = "";

beforeAll(async () => {
  await installed(user, (await packed(join(top, "packed"))).seawall);
  cpSync(join(root, "examples/own-backend"), user, { recursive: true });
  commit = (await committed(user, "Release 1.4.0")).slice(0, 12);
});

afterAll(() => rm(top, { recursive: true, force: true }));

/** As a colleague has it. */
async function cloned(name: string): Promise<string> {
  const folder = mkdtempSync(join(top, `${name}-`));
  await well(own, top, "git", "clone", "--quiet", user, folder);
  symlinkSync(join(user, "node_modules"), join(folder, "node_modules"), "dir");
  return folder;
}

const seawall = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  typed(own, cwd, "npx", "seawall", ...args);

/** As `ablate` and `gate` do it by themselves. */
async function judged(run: () => Promise<Ended>): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const ended = await run();
    if (ended.exitCode !== 2 || attempt === 3) return ended;
  }
}

/** A busy machine makes a run inconclusive, never wrong. It has then been tried three times. */
function conclusive(test: Pick<TestContext, "skip">, ended: Ended): Ended {
  if (ended.exitCode !== 2 || process.env["SEAWALL_MUST_TELL"] === "1") return ended;
  return test.skip(`inconclusive in all attempts: ${ended.stdout}`);
}

/** The document that the last line of `--json` is. */
const documentIn = ({ stdout }: Ended): unknown =>
  JSON.parse(stdout.trim().split("\n").at(-1) ?? "");

it.concurrent("the storm holds, and is refuted without failover or cache lock", async (test) => {
  const folder = await cloned("storm");
  const ended = conclusive(test, await seawall(folder, "ablate", "origin-storm", "--json"));
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
  const refutedBy = (id: string): object =>
    expect.arrayContaining([expect.objectContaining({ id: `claim.${id}` })]);
  expect(documentIn(ended)).toMatchObject({
    rows: [
      {
        whole: { status: "held" },
        controls: [
          { without: "failover", status: "refuted", refuted: refutedBy("hls-served") },
          { without: "cacheLock", status: "refuted", refuted: refutedBy("packaged-once") },
        ],
      },
    ],
  });
});

it.concurrent("viewers notice neither a cut way in nor a deploy", async (test) => {
  const folder = await cloned("days");
  for (const name of ["retry-storm", "deploy"]) {
    const ended = conclusive(test, await judged(() => seawall(folder, "run", name, "--json")));
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { experiment, runId } = verdictIn(ended);
    const events = textOf(folder, "reports", experiment, runId, "events.ndjson");
    const landed = events
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ kind, evidence }) => kind === "injected" && evidence.landed);
    expect(landed).toHaveLength(1);
    if (name === "deploy") expect(landed[0].evidence.observation).toContain("1.5.0");
  }
});

// Alone: the gate needs each of its six runs.
it("a slower release stops at the gate, and a comparison shows why", async (test) => {
  const folder = await cloned("release");
  const next = { version: "1.5.0", packageMs: 600 };
  writeFileSync(join(folder, "backend/release.json"), JSON.stringify(next));
  const ended = conclusive(
    test,
    await seawall(folder, "gate", "evening", "--baseline", "HEAD", "--json"),
  );
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(1);
  expect(documentIn(ended)).toMatchObject({
    baseline: `HEAD (${commit})`,
    entries: [{ outcome: "worse", why: expect.stringContaining("segment wait") }],
  });

  const before = join("reports/baseline", commit, "evening");
  const compared = await seawall(folder, "compare", before, "reports/evening", "--json");
  expect(documentIn(compared)).toMatchObject({
    baseline: { runs: [1, 2, 3].map(() => ({ targetVersion: "1.4.0" })) },
    others: [
      { side: { runs: [1, 2, 3].map(() => ({ targetVersion: "1.5.0" })) }, outcome: "worse" },
    ],
  });
  expect(compared.exitCode).toBe(1);
});
