import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { dialled, entriesOf } from "../target/entries.ts";
import { streamTarget } from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import type { Layout } from "../target/layout.ts";
import { injectInto, startMini } from "../../test/support/targets/mini.ts";
import { httpGet } from "../system/network.ts";

let server: Server;
let asked = 0;
beforeAll(async () => {
  server = createServer((_request, response) => {
    asked++;
    response.end("hello");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(() => new Promise((closed) => server.close(closed)));

const sh = (script: string) => ({ command: "sh", args: ["-c", script] });

function layoutAt(port: number, outside?: { up: string; down: string }): Layout {
  const stream = {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    segmentPath: "/",
    dvrSegments: 0,
    renditions: [],
  };
  const target = streamTarget({
    name: "theirs",
    stream,
    entries: ["edge"],
    links: [["users", "edge"]],
    services: [{ name: "edge", url: `http://127.0.0.1:${port}`, ready: "/" }],
    ...(outside === undefined ? {} : { outside: { up: sh(outside.up), down: sh(outside.down) } }),
  });
  return target.topologies["own"]?.layout() as Layout;
}

it("a running service is found, the link to it can be broken, and it stays running", async () => {
  const { port } = server.address() as AddressInfo;
  {
    await using mini = await startMini(layoutAt(port));
    const [entry] = entriesOf(mini.deployment).map(dialled);
    if (entry === undefined) throw new Error("it has no entry");
    expect(entry.port).not.toBe(port);
    expect(await httpGet(entry, "/", { timeoutMs: 2_000 })).toMatchObject({
      status: 200,
      body: "hello",
    });
    const injection = await injectInto(mini.deployment, {
      kind: "partition",
      links: { from: { service: "users" } },
    });
    expect(injection.evidence).toMatchObject({ landed: true });
    await expect(httpGet(entry, "/", { timeoutMs: 2_000 })).rejects.toThrow();
    expect(await injection.heal()).toMatchObject({ landed: true });
    await expect(mini.deployment.instance("edge").kill()).rejects.toThrow("not Seawall's own");
  }
  const before = asked;
  expect(await httpGet({ host: "127.0.0.1", port }, "/", { timeoutMs: 2_000 })).toMatchObject({
    status: 200,
  });
  expect(asked).toBe(before + 1);
}, 60_000);

it("a missing service is reported", async () => {
  await expect(startMini(layoutAt(9))).rejects.toThrow("edge does not answer at 127.0.0.1:9/");
}, 60_000);

it("external commands start first and stop last, even after a partial start", async () => {
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), "seawall-outside-"));
  const up = join(folder, "up");
  const marks = (): string[] => readdirSync(folder).sort();
  try {
    {
      await using mini = await startMini(layoutAt(port, { up: `touch ${up}`, down: `rm ${up}` }));
      expect(marks()).toEqual(["up"]);
      expect(mini.deployment.instances).toHaveLength(1);
    }
    expect(marks()).toEqual([]);
    await expect(
      startMini(
        layoutAt(port, { up: `touch ${up}; echo no such image >&2; exit 5`, down: `rm ${up}` }),
      ),
    ).rejects.toThrow(/did not bring the target up: it ended with status 5; no such image/);
    expect(marks()).toEqual([]);
    // Nothing listens on port 9, so the deployment fails after the target was started.
    await expect(startMini(layoutAt(9, { up: `touch ${up}`, down: `rm ${up}` }))).rejects.toThrow(
      "does not answer",
    );
    expect(marks()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
