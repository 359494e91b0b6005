/**
 * An edge that runs already at an IPv6 address, below a path and under a name of its own, where
 * each viewer needs a token.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";

const segmentMs = 2_000;

/** Two boxes, as long as a tenth of the declared bitrate asks, and others for each segment. */
function segment(name: string): Buffer {
  const box = (type: string, bytes: number): Buffer => {
    const whole = Buffer.alloc(bytes, name);
    whole.writeUInt32BE(bytes);
    whole.write(type, 4, "latin1");
    return whole;
  };
  return Buffer.concat([box("moof", 100), box("mdat", 20_000)]);
}

async function startEdge() {
  const tokens = new Set<string>();
  const hosts = new Set<string>();
  const refused: string[] = [];
  const server = createServer((request, response) => {
    const { url = "", headers } = request;
    hosts.add(String(headers.host));
    const end = (status: number, body: string | Buffer = ""): void => {
      // The proof of a fault on a link is a HEAD of its own, which needs no token.
      if (status >= 400 && status < 404 && request.method !== "HEAD") refused.push(url);
      response.writeHead(status).end(body);
    };
    if (headers.host !== "live.example") return end(400);
    if (url === "/cdn/login") {
      const token = `ticket-of-a-viewer-${tokens.size + 1}`;
      tokens.add(token);
      return end(201, JSON.stringify({ token }));
    }
    if (!tokens.has(String(headers.authorization).replace("Bearer ", ""))) return end(401);
    const number = /^\/cdn\/live\/main\/(?:v360|audio)\/(\d+)\.m4s$/.exec(url)?.[1];
    const newest = Math.floor(Date.now() / segmentMs) - 1;
    return number === undefined || Number(number) > newest ? end(404) : end(200, segment(url));
  });
  await new Promise<void>((done) => server.listen(0, "::1", done));
  return {
    url: `http://[::1]:${(server.address() as AddressInfo).port}/cdn`,
    tokens,
    hosts,
    refused,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

it("is watched as its target says, over a slow way in, and keeps its tokens", async (test) => {
  await using edge = await startEdge();
  const { out, exitCode, stdout, stderr } = await judged(
    test,
    () => ["run", "./examples/running-already/slow-way-in.ts"],
    { EDGE: edge.url, EDGE_HOST: "live.example", EDGE_LOGIN: "/login" },
  );
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const id of ["faults.landed", "faults.traffic", "claim.live-served"]) {
    const found = findings.filter((finding) => finding.id === id);
    expect(found.length, id).toBeGreaterThan(0);
    for (const finding of found) expect(finding).toMatchObject({ status: "held" });
  }
  expect([...edge.hosts]).toEqual(["live.example"]);
  expect(edge.refused).toEqual([]);
  // One for each virtual user that watched, one for the prober, and those of the checks before.
  expect(edge.tokens.size).toBeGreaterThan(10);
  expect(stderr + stdout).not.toContain("ticket-of");
  for (const name of readdirSync(out.path, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    const bytes = readFileSync(path);
    const text = (name.name.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString();
    expect(text.includes("ticket-of"), path).toBe(false);
  }
});
