import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lock } from "./lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a lock", () => {
  it("is held by one owner at a time, within one process too", async () => {
    const path = join(folder, "new", "lock");
    const order: string[] = [];
    const first = await lock(path);
    const onWait = vi.fn();
    const second = lock(path, { onWait }).then((held) => {
      order.push("second holds");
      held[Symbol.dispose]();
    });
    await vi.waitFor(() => expect(onWait).toHaveBeenCalledOnce());
    order.push("first lets go");
    first[Symbol.dispose]();
    await second;
    expect(order).toEqual(["first lets go", "second holds"]);
  });

  it("is free as soon as its owner is killed", async () => {
    const path = join(folder, "lock");
    const owner = spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        "--input-type=module",
        "-e",
        `
      const { lock } = await import(${JSON.stringify(join(import.meta.dirname, "lock.ts"))});
      globalThis.held = await lock(${JSON.stringify(path)});
      console.log("held");
      setInterval(() => {}, 1000);
    `,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      await once(owner.stdout, "data");
      await expect(lock(path, { waitMsMax: 0 })).rejects.toThrow("another seawall still holds");
    } finally {
      owner.kill("SIGKILL");
    }
    await once(owner, "exit");
    using _held = await lock(path, { waitMsMax: 0 });
  });

  it("is no longer waited for after an abort", async () => {
    const path = join(folder, "lock");
    using _held = await lock(path);
    const reason = new Error("the user went home");
    await expect(lock(path, { signal: AbortSignal.timeout(0) })).rejects.toThrow();
    await expect(lock(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
