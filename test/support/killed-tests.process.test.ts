/**
 * The remains of a killed `npm test`: services in their own process groups, which no signal to the
 * tests reaches.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { recovered } from "./cli/kill-points.ts";
import { listProcesses, statOf } from "../../harness/system/processes.ts";

const root = resolve(import.meta.dirname, "../..");

/**
 * Like a test that starts services, each in its own group. One is marked, one has a folder of the
 * tests for its files, and one has no mark.
 */
const program = `
  import { spawn } from "node:child_process";
  import { mkdirSync, writeFileSync } from "node:fs";
  import { tmpdir } from "node:os";
  import { setup } from ${JSON.stringify(join(root, "test/support/test-run.ts"))};
  const remove = await setup();
  if (process.argv[1] === "once") { remove(); process.exit(0); }
  mkdirSync(tmpdir() + "/edge");
  const { PATH } = process.env;
  const detached = { detached: true, stdio: "ignore", cwd: "/", env: { PATH } };
  const edge = tmpdir() + "/edge";
  const marked = spawn("sleep", ["300"], { ...detached, env: { PATH, TMPDIR: edge } });
  const bare = spawn("sleep", ["300"], {
    ...detached,
    cwd: edge,
    env: { PATH, SEAWALL_RUN: "some-run" },
  });
  const named = spawn("sh", ["-c", "sleep 300; : " + tmpdir() + "/k6-entry.ts"], detached);
  console.log(JSON.stringify({ folder: tmpdir(), pids: [marked.pid, bare.pid, named.pid] }));
  setInterval(() => {}, 1000);
`;

async function killedTests(
  cache: string,
): Promise<{ readonly folder: string; readonly pids: readonly number[] }> {
  const env = { ...process.env, SEAWALL_CACHE: cache, TMPDIR: cache };
  const tests = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
    { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const [said] = (await once(tests.stdout, "data")) as [Buffer];
  const ended = once(tests, "exit");
  tests.kill("SIGKILL");
  await ended;
  return JSON.parse(said.toString()) as { folder: string; pids: number[] };
}

const living = (pids: readonly number[]): readonly number[] =>
  pids.filter((pid) => listProcesses().includes(pid) && statOf(pid)?.state !== "Z");

it("is found and ended by recover, and by the next tests, and then blocks no run", async () => {
  const cache = mkdtempSync(join(tmpdir(), "seawall-cache-"));
  mkdirSync(join(cache, "state"));
  const first = await killedTests(cache);
  expect(living(first.pids)).toEqual(first.pids);
  expect(await recovered(cache)).toBe(0);
  expect(living(first.pids)).toEqual([]);
  expect(readdirSync(cache)).toEqual(["state"]);
  expect(readdirSync(join(cache, "state"))).toEqual([]);

  const second = await killedTests(cache);
  // The record of a run of these tests is in their folder.
  mkdirSync(join(second.folder, "seawall-cache-x", "state"), { recursive: true });
  const down = join(cache, "down");
  const entry = { kind: "command", command: "sh", args: ["-c", `echo down > ${down}`] };
  const owner = { runId: "inner", pid: 2 ** 22 + 1, startTicks: 1, directory: "" };
  writeFileSync(
    join(second.folder, "seawall-cache-x", "state", "inner.ndjson"),
    `${JSON.stringify({ owner })}\n${JSON.stringify({ entry, id: 0 })}\n`,
  );
  const next = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program, "once"],
    {
      cwd: root,
      env: { ...process.env, SEAWALL_CACHE: cache, TMPDIR: cache },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const [said] = (await once(next.stderr, "data")) as [Buffer];
  await once(next, "exit");
  expect(said.toString()).toMatch(
    /^tests that were killed \(tests-.*\): what they left is undone\n$/,
  );
  expect(living(second.pids)).toEqual([]);
  expect(readFileSync(down, "utf8")).toBe("down\n");
  expect(readdirSync(cache).sort()).toEqual(["down", "state"]);
});
