import "../tools/recipes.ts";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { chunkBytes } from "../store/chunk.ts";
import { connectCache } from "./client.ts";
import { cacheProgram } from "./launch.ts";

const { memcached } = await provision(["memcached"], { env: process.env });
const at = { host: "127.0.0.1", port: 21_311 };
const program = cacheProgram({ memcached, listen: at, memoryMb: 16 });
const child = spawn(program.command, [...program.args], {
  env: { ...process.env, ...program.env },
  stdio: "ignore",
});
afterAll(() => void child.kill("SIGKILL"));

async function listening(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(at.port, at.host, () => resolve(true)).on("error", () =>
        resolve(false),
      );
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error("memcached did not start");
}

test("returns chunks byte for byte, and costs little and no error when it stops answering", async () => {
  await listening();
  let failures = 0;
  const cache = connectCache(at, Date.now, () => (failures += 1));
  const body = randomBytes(chunkBytes);
  expect(await cache.set("chunk:t:0", body)).toBe(true);
  expect(await cache.get("chunk:t:0")).toEqual(body);
  expect(await cache.get("chunk:t:1")).toBeNull();
  expect(failures).toBe(0);
  child.kill("SIGSTOP");
  // The server stops a moment after the signal and answers until then.
  while (!/^\d+ \([^)]*\) T /.test(readFileSync(`/proc/${child.pid}/stat`, "utf8"))) await sleep(5);
  const startedMs = performance.now();
  expect(await cache.get("chunk:t:0")).toBeNull();
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  const againMs = performance.now();
  expect(await cache.get("chunk:t:0")).toBeNull();
  expect(performance.now() - againMs).toBeLessThan(20);
  child.kill("SIGCONT");
  await sleep(600);
  expect(await cache.get("chunk:t:0")).toEqual(body);
  cache.close();
});
