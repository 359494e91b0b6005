import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import type { DayResult } from "../../game-day/day/judge-day.ts";
import { problemsOf } from "../../../test/support/documents.ts";
import type { RunEvent } from "../../record/events.ts";
import type { Verdict } from "../../record/verdict.ts";
import { minimalExperiment } from "../../../test/support/experiments/minimal-target.ts";
import { leftovers, outFolder, seawall } from "../../../test/support/cli/seawall.ts";
import { linkOf, OperatorClient } from "../../../test/support/game-day/operator-client.ts";

const cache =
  process.env["SEAWALL_CACHE"] ||
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");

function dayFile(folder: string): string {
  const path = join(folder, "day.ts");
  const experiment = relative(folder, minimalExperiment);
  writeFileSync(
    path,
    `export default ${JSON.stringify({
      name: "test",
      title: "Test",
      purpose: "To test.",
      waitMsMax: 120_000,
      steps: [
        { experiment, hold: { waitMsMax: 60_000 } },
        { experiment, hold: { waitMsMax: 60_000 } },
        { experiment },
      ],
    })};`,
  );
  return path;
}

const runsIn = (out: string): string[] => readdirSync(join(out, "light"));

it.concurrent("injects after a go, skips after a no-go, heals at a stop", async () => {
  expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  const out = outFolder();
  const day = seawall(["gameday", dayFile(out.path), "--out", out.path, "--json"]);
  const anna = new OperatorClient(await linkOf(day, "conductor"));
  await anna.answer(1, "go");
  await anna.until(
    () => anna.count("second", (event) => event.held) >= 3,
    "everyday load while it is held",
  );
  expect(anna.count("saw", (event) => event.seen.what === "loadStarted")).toBe(0);
  await anna.answer(2, "go");
  await anna.until(
    () => anna.count("claims") > 2 && anna.count("ended") === 1,
    "the first step's end",
  );
  await anna.answer(3, "go");
  await anna.answer(4, "no-go");
  await anna.until(() => anna.count("ended") === 2, "the second step's end");
  await anna.answer(5, "go");
  await anna.until(
    () => anna.count("saw", (event) => event.step === 2 && event.seen.what === "injected") === 1,
    "the third step's fault",
  );
  expect(await anna.say("note", { text: "seen", key: "aaaaaaaa" })).toBe(200);
  expect(await anna.say("stop", { name: "Anna" })).toBe(200);
  const { exitCode, stdout, stderr } = await day.ended;
  expect(exitCode, stderr).toBe(130);
  const result = JSON.parse(stdout) as DayResult;
  expect(problemsOf(result)).toEqual([]);
  expect(result.stoppedBy).toEqual({ role: "conductor", name: "Anna" });
  expect(result.steps[1]).toMatchObject({
    status: null,
    why: "stopped before any fault: no-go by conductor",
  });
  const folder = join(out.path, "game-days", readdirSync(join(out.path, "game-days"))[0] as string);
  const eventsOf = (step: number): RunEvent[] =>
    readFileSync(join(folder, result.steps[step]?.run ?? "", "events.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
  // The verdict ignores the hold. On a busy machine the run may be inconclusive, but not because of
  // a phase or fault.
  const first = JSON.parse(
    readFileSync(join(folder, result.steps[0]?.run ?? "", "verdict.json"), "utf8"),
  ) as Verdict;
  expect(
    first.findings
      .filter((finding) => /phase|fault/i.test(finding.title) && finding.kind === "evidence")
      .map((finding) => finding.status),
    JSON.stringify(first.findings),
  ).not.toContain("inconclusive");
  expect(
    eventsOf(0).some(
      (event) => event.kind === "note" && event.text.startsWith("held under everyday load"),
    ),
  ).toBe(true);
  expect(eventsOf(1).some((event) => event.kind === "injecting")).toBe(false);
  expect(eventsOf(2).filter((event) => event.kind === "healed")).toHaveLength(1);
  expect(readFileSync(join(folder, "report.html"), "utf8")).toContain(
    "Stopped by Anna (conductor)",
  );
  expect(existsSync(join(folder, "result.json"))).toBe(true);
  expect(leftovers(cache, runsIn(out.path))).toEqual([]);
}, 200_000);

it.concurrent("heals at Ctrl-C without an open page, and resumes", async () => {
  expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  const out = outFolder();
  const file = join(out.path, "one.ts");
  const steps = [{ experiment: relative(out.path, minimalExperiment) }];
  const day = { name: "test", title: "Test", purpose: "To test.", waitMsMax: 120_000, steps };
  writeFileSync(file, `export default ${JSON.stringify(day)};`);
  const first = seawall(["gameday", file, "--out", out.path, "--yes"]);
  await first.seen(/landed: kill/);
  first.child.kill("SIGINT");
  const { exitCode, stdout } = await first.ended;
  expect(exitCode, stdout).toBe(130);
  expect(stdout).toContain("stopped by terminal");
  const folder = join(out.path, "game-days", readdirSync(join(out.path, "game-days"))[0] as string);
  const again = await seawall(["gameday", file, "--out", out.path, "--yes", "--resume", folder])
    .ended;
  // On a busy machine its verdict is open, but this time it ran to its end.
  expect([0, 2], again.stderr).toContain(again.exitCode);
  expect(again.stdout).not.toContain("stopped by");
  expect(runsIn(out.path)).toHaveLength(2);
  expect(leftovers(cache, runsIn(out.path))).toEqual([]);
}, 120_000);
