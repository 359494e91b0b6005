import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { httpGet } from "../../system/network.ts";
import { builtImage, noEngine, root } from "../../../test/support/docker-engine.ts";

/**
 * Compose is not part of the product: this is skipped without the client's plugin and without
 * SEAWALL_COMPOSE.
 */
const candidates = [
  ...(process.env["SEAWALL_COMPOSE"] ? [[process.env["SEAWALL_COMPOSE"]]] : []),
  ["docker", "compose"],
  ["docker-compose"],
];
const compose = noEngine
  ? undefined
  : candidates.find(([command = "", ...args]) =>
      / v?2\.\d+/.test(spawnSync(command, [...args, "version"], { encoding: "utf8" }).stdout ?? ""),
    );
if (!noEngine && compose === undefined)
  process.stderr.write(
    "the test of docker-compose.yml with Compose is skipped: there is no Docker Compose v2 " +
      "(SEAWALL_COMPOSE may name one)\n",
  );

function run(...args: string[]): string {
  const [command = "", ...first] = compose ?? [];
  const { status, stdout, stderr } = spawnSync(
    command,
    [...first, "-f", join(root, "docker-compose.yml"), ...args],
    { encoding: "utf8", timeout: 150_000 },
  );
  if (status !== 0) throw new Error(`compose ${args.join(" ")}: ${stderr}`);
  return stdout;
}

describe.skipIf(compose === undefined)("docker compose up", () => {
  it("starts the whole target with edges on 127.0.0.1, and removes it completely", async () => {
    await builtImage();
    try {
      run("up", "--detach", "--no-build");
      for (const port of [18_000, 18_001]) {
        const answers = (): Promise<number> =>
          httpGet({ host: "127.0.0.1", port }, "/live/main/manifest.mpd", {
            timeoutMs: 2_000,
          }).then(
            ({ status }) => status,
            () => 0,
          );
        for (
          const untilMs = Date.now() + 100_000;
          (await answers()) !== 200 && Date.now() < untilMs;
        )
          await delay(500);
        expect(await answers()).toBe(200);
      }
      const segment = async (): Promise<number> => {
        const number = Math.floor(Date.now() / 2_000) - 3;
        return httpGet({ host: "127.0.0.1", port: 18_000 }, `/live/main/v360/${number}.m4s`, {
          timeoutMs: 3_000,
          discardBody: true,
        }).then(
          ({ status }) => status,
          () => 0,
        );
      };
      for (const untilMs = Date.now() + 60_000; (await segment()) !== 200 && Date.now() < untilMs; )
        await delay(500);
      expect(await segment()).toBe(200);
    } finally {
      run("down", "--volumes", "--timeout", "5");
    }
    expect(run("ps", "--all", "--quiet")).toBe("");
  });
});
