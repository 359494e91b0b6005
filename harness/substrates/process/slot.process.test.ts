import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldPlan } from "../../../test/support/judge/held-run.ts";
import type { UndoEntry, UndoLedger } from "../../record/undo.ts";
import type { Layout } from "../../target/layout.ts";
import { addressesOf, slots } from "./addresses.ts";
import { claimSlot } from "./slot.ts";

/**
 * Far from the addresses of a real run, so that this test may run next to one: 127.1.1.222 and its
 * own control port.
 */
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
  entries: [],
  playable: () => [],
  content: heldPlan().content,
};

/**
 * An address of this process only, because the same test of another checkout may run concurrently.
 */
const lockHost = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255}`;

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
  recorded = [];
  undone = 0;
});
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

async function occupy(slot: number): Promise<void> {
  const { host, port } = addressesOf(layout, slot).listen("one", "http");
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) =>
    server.once("error", reject).listen({ host, port }, resolve),
  );
}
/** Slots whose proxy control port another process holds are not available to this test. */
const claimed = async (): Promise<Awaited<ReturnType<typeof claimSlot>>> =>
  claimSlot(layout, undo, lockHost);

describe("a slot", () => {
  it("is claimed by one run at a time, and released", async () => {
    const first = await claimed();
    const second = await claimed();
    expect(second.addresses.slot).toBeGreaterThan(first.addresses.slot);
    expect(second.skipped).toContain(`slot ${first.addresses.slot} belongs to another run`);
    expect(recorded).toContainEqual({ kind: "ports", endpoints: first.addresses.all });
    first.release();
    const third = await claimed();
    expect(third.addresses.slot).toBe(first.addresses.slot);
    second.release();
    third.release();
    expect(undone).toBe(recorded.length);
  });

  it("is skipped if one of its ports is busy, with the port and its owner", async () => {
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

  it("belongs to another process until that one is killed", async () => {
    const free = await claimed();
    free.release();
    const { port } = free.addresses.proxyControl;
    const owner = spawn(
      process.execPath,
      [
        "-e",
        `require("node:dgram").createSocket("udp4").bind(${port}, "${lockHost}", () => ` +
          "console.log())",
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      await once(owner.stdout, "data");
      const next = await claimed();
      expect(next.skipped).toContain(`slot ${free.addresses.slot} belongs to another run`);
      next.release();
    } finally {
      owner.kill("SIGKILL");
    }
    await once(owner, "exit");
    const again = await claimed();
    expect(again.addresses.slot).toBe(free.addresses.slot);
    again.release();
  });

  it("is refused if all are taken: every reason is given, and nothing stays claimed", async () => {
    for (let slot = 0; slot < slots; slot++) await occupy(slot);
    await expect(claimed()).rejects.toMatchObject({
      code: "PORT_BUSY",
      hint: expect.stringContaining("seawall recover"),
      // A run next to these tests has a slot of its own.
      message: expect.stringMatching(
        new RegExp(`(.*- (port .* busy|slot . belongs to another run).*\\n?){${slots}}`),
      ),
    });
    expect(recorded).toEqual([]);
  });
});
