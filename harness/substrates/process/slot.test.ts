import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldPlan } from "../../judge/fixture.ts";
import type { UndoEntry, UndoLedger } from "../../record/undo.ts";
import type { Layout } from "../../target/layout.ts";
import { statOf } from "../../system/processes.ts";
import { addressesOf, slots } from "./addresses.ts";
import { claimSlot } from "./slot.ts";

/** Far from anything that a real run uses, so that this test may run beside one: 127.1.1.222 and a control port of its own. */
const layout: Layout = {
  services: [
    {
      name: "one",
      kind: "one",
      region: "r",
      zone: "z",
      host: 222,
      ports: { http: 10_500 + (process.pid % 400) },
      tools: [],
      dependsOn: [],
      ready: { kind: "tcp", port: "http" },
      readyWithinMs: 1,
      drainMs: 1,
      telemetry: [],
      launch: () => ({ command: "", args: [], env: {}, files: {} }),
    },
  ],
  links: [],
  edges: [],
  playable: () => [],
  stream: heldPlan().stream,
};

let state = "";
let servers: Server[] = [];
let recorded: UndoEntry[] = [];
let undone = 0;
const undo: UndoLedger = {
  record: (entry) => {
    recorded.push(entry);
    return () => {
      undone++;
    };
  },
};
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "seawall-slots-"));
  recorded = [];
  undone = 0;
});
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
  rmSync(state, { recursive: true, force: true });
});

async function occupy(slot: number): Promise<void> {
  const { host, port } = addressesOf(layout, slot).listen("one", "http");
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen({ host, port }, resolve),
  );
}
/** Slots whose proxy control port something else on this machine holds are not ours to count on. */
const claimed = async (): Promise<Awaited<ReturnType<typeof claimSlot>>> =>
  claimSlot(layout, state, undo, "127.1.1.222");

describe("a slot", () => {
  it("is claimed by one run at a time and given back", async () => {
    const first = await claimed();
    const second = await claimed();
    expect(second.addresses.slot).toBeGreaterThan(first.addresses.slot);
    expect(second.skipped).toContain(`slot ${first.addresses.slot} belongs to another run`);
    const lock = join(state, `slot-${first.addresses.slot}.lock`);
    expect(recorded).toContainEqual({ kind: "directory", path: lock });
    first.release();
    expect(existsSync(lock)).toBe(false);
    const third = await claimed();
    expect(third.addresses.slot).toBe(first.addresses.slot);
    second.release();
    third.release();
    expect(readdirSync(state)).toEqual([]);
    expect(undone).toBe(recorded.length);
  });

  it("is passed over when one of its ports is busy, naming the port and who holds it", async () => {
    const free = await claimed();
    free.release();
    await occupy(free.addresses.slot);
    const next = await claimed();
    expect(next.addresses.slot).toBeGreaterThan(free.addresses.slot);
    const { host, port } = addressesOf(layout, free.addresses.slot).listen("one", "http");
    expect(next.skipped.join()).toContain(`port ${host}:${port} is busy: held by `);
    expect(next.skipped.join()).toContain(`(pid ${process.pid})`);
    next.release();
  });

  it("is taken over from an owner that is no more, and from a lock that nobody can read", async () => {
    const child = spawn("true", { stdio: "ignore" });
    await once(child, "exit");
    for (let slot = 0; slot < slots; slot++)
      writeFileSync(
        join(state, `slot-${slot}.lock`),
        slot % 2 === 0 ? JSON.stringify({ pid: child.pid, startTicks: 1 }) : "torn {",
      );
    const slot = await claimed();
    expect(slot.skipped.join()).not.toContain("another run");
    expect(
      JSON.parse(readFileSync(join(state, `slot-${slot.addresses.slot}.lock`), "utf8")),
    ).toEqual({ pid: process.pid, startTicks: statOf(process.pid)?.startTicks });
    slot.release();
  });

  it("cannot be had when all are taken: every reason is given, and nothing is left claimed", async () => {
    for (let slot = 0; slot < slots; slot++) await occupy(slot);
    await expect(claimed()).rejects.toMatchObject({
      code: "PORT_BUSY",
      hint: expect.stringContaining("seawall recover"),
      // A run beside these tests has a slot of its own.
      message: expect.stringMatching(
        new RegExp(`(.*- (port .* busy|slot . belongs to another run).*\\n?){${slots}}`),
      ),
    });
    expect(readdirSync(state)).toEqual([]);
    expect(undone).toBeGreaterThan(0);
  });
});
