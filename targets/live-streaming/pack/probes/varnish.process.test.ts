import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Place } from "../../../../harness/target/layout.ts";
import { parseBackends, VarnishReader, varnishstatLoop } from "./varnish.ts";

/** Output of varnishstat 7.1 with `-1 -j -f VBE.*.req`, shortened. */
const text = JSON.stringify({
  version: 1,
  timestamp: "2026-11-21T15:50:45",
  counters: {
    "VBE.boot.live_region_a.req": {
      description: "Backend requests sent",
      flag: "c",
      format: "i",
      value: 120,
    },
    "VBE.boot.dvr_region_a.req": { flag: "c", format: "i", value: 7 },
    "VBE.reload_1.live_region_a.req": { flag: "c", format: "i", value: 3 },
    "VBE.boot.live_region_a.busy": { flag: "c", format: "i", value: 9 },
    "MAIN.backend_req": { value: 130 },
    "MAIN.client_req": { value: 412 },
    "VBE.boot.live_region_b.req": { flag: "c" },
  },
});

describe("a Varnish reader", () => {
  it("reads the running process, and ignores the shared memory of one that is gone", async () => {
    const directory = mkdtempSync(join(tmpdir(), "seawall-varnish-"));
    const varnishstat = join(directory, "varnishstat");
    writeFileSync(varnishstat, `#!/bin/sh\nprintf '%s\\n' '${text}'\n`);
    chmodSync(varnishstat, 0o755);
    const index = join(directory, "work/_.vsm_mgt/_.index");
    const place = {
      directory,
      tool: () => ({ companions: { varnishstat }, env: {} }),
    } as unknown as Place;
    const { command, args, env } = varnishstatLoop(place, "work");
    const shell = spawn(command, [...args], {
      env: { ...env },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const ended = new Promise<string>((resolve) => shell.once("close", () => resolve("closed")));
    const reader = new VarnishReader({
      input: shell.stdin,
      output: shell.stdout,
      ended,
      [Symbol.dispose]: () => void shell.kill(),
    });
    try {
      expect(await reader.read()).toBeNull();
      mkdirSync(join(directory, "work/_.vsm_mgt"), { recursive: true });
      const { pid: gone } = spawnSync("true");
      writeFileSync(index, `# ${gone} 1796031000\n+ _.Stat 0 80 Stat MGT\n`);
      expect(await reader.read()).toBeNull();
      writeFileSync(index, `# ${process.pid} 1796031073\n+ _.Stat 0 80 Stat MGT\n`);
      expect(await reader.read()).toEqual({
        life: `${process.pid} 1796031073`,
        asked: 412,
        counts: parseBackends(text),
      });
    } finally {
      reader[Symbol.dispose]();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
