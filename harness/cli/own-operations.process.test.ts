/** A deploy as a fault, by commands of the target's owner, on a service that runs already. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";
import { ownCache, recovered } from "../../test/support/cli/kill-points.ts";
import { outFolder, seawall } from "../../test/support/cli/seawall.ts";

const experiment = "./examples/own-operations/deploy.ts";
const folder = mkdtempSync(join(tmpdir(), "seawall-notes-"));
const versionFile = join(folder, "version");
const version = (): string => readFileSync(versionFile, "utf8").trim();
const server = createServer((request, response) => {
  response.writeHead(["/health", "/notes/1"].includes(request.url ?? "") ? 200 : 404).end();
});
/** Of operators: customers cannot ask for the version. */
const admin = createServer((request, response) => {
  if (request.url === "/version") response.end(version());
  else response.writeHead(404).end();
});
async function portOf(one: Server): Promise<number> {
  await new Promise<void>((done) => one.listen(0, "127.0.0.1", done));
  return (one.address() as AddressInfo).port;
}
let env: Record<string, string>;
beforeAll(async () => {
  writeFileSync(versionFile, "1.4.0\n");
  const [main, other] = await Promise.all([server, admin].map(portOf));
  env = {
    NOTES_URL: `http://127.0.0.1:${main}`,
    NOTES_ADMIN: `127.0.0.1:${other}`,
    NOTES_VERSION: versionFile,
  };
});
afterAll(() => {
  for (const one of [server, admin]) one.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

it("is proved by its look, and taken back", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => ["run", experiment], env);
  expect(exitCode, stderr + stdout).toBe(0);
  const landed = out.events().find(({ kind }) => kind === "injected");
  expect(landed).toMatchObject({
    evidence: { landed: true, observation: expect.stringContaining("1.5.0") },
  });
  expect(out.events().find(({ kind }) => kind === "healed")).toMatchObject({
    evidence: { landed: true },
  });
  expect(version()).toBe("1.4.0");
});

it("is taken back where the harness is killed in the middle of it", async () => {
  const cache = ownCache();
  const out = outFolder();
  const run = seawall(["run", experiment, "--out", out.path], {
    ...env,
    SEAWALL_CACHE: cache.path,
  });
  try {
    await run.seen(/landed: deploy/);
    expect(version()).toBe("1.5.0");
    run.child.kill("SIGKILL");
    await run.ended;
    const deadlineMs = performance.now() + 30_000;
    while (version() !== "1.4.0" && performance.now() < deadlineMs)
      await new Promise((wake) => setTimeout(wake, 100));
    expect(version()).toBe("1.4.0");
    await recovered(cache.path);
  } finally {
    rmSync(cache.path, { recursive: true, force: true });
    rmSync(out.path, { recursive: true, force: true });
  }
}, 120_000);
