/**
 * Viewers of edges, of which one refuses, one is paused, one fails and one sheds: the real load
 * generator against small servers.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { everyMetric } from "../../../test/support/judge/held-run.ts";
import type { SessionStep } from "../../../harness/target/layout.ts";
import { bundledWorkload } from "../../../test/support/workload.ts";
import { CsvParser } from "../../../harness/load/csv.ts";
import { provision } from "../../../harness/provision/provision.ts";

const { k6 } = await provision(["k6"], { env: process.env });
const servers: Server[] = [];
const scripts = mkdtempSync(join(tmpdir(), "seawall-workloads-"));
afterAll(() => {
  rmSync(scripts, { recursive: true, force: true });
  for (const server of servers) server.close().closeAllConnections();
});

interface Place {
  readonly name: string;
  readonly url: string;
  readonly session?: SessionStep;
}

async function edge(name: string, answer: RequestListener): Promise<Place> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((listening) => server.once("listening", listening));
  return { name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface Seen {
  readonly value: number;
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Thirty live viewers within three seconds. */
async function watch(
  edges: readonly Place[],
  {
    workload = "viewers",
    exec = "liveRoaming",
    gateways = [] as readonly Place[],
    virtualUsers = 40,
  } = {},
): Promise<Seen[]> {
  const settings = {
    seed: 7,
    entries: edges,
    others: { gateways },
    content: {
      event: "main",
      segmentMs: 2_000,
      availabilityStartMs: 0,
      dvrSegments: 20,
      renditions: [
        { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
        { name: "v360", kind: "video", bitsPerSecond: 5e5 },
      ],
      segmentPath: "/{event}/{rendition}/{number}",
    },
    scenarios: {
      live: {
        executor: "constant-arrival-rate",
        exec,
        rate: 10,
        timeUnit: "1s",
        duration: "3s",
        preAllocatedVUs: virtualUsers,
      },
    },
  };
  const { stdout } = await promisify(execFile)(
    k6?.executable ?? "k6",
    [
      "run",
      "--quiet",
      "--no-usage-report",
      "--no-thresholds",
      "--summary-mode=disabled",
      "--system-tags",
      "status,scenario",
      "--out",
      "csv=-",
      "--address",
      "127.0.0.1:0",
      await bundledWorkload(scripts, workload),
    ],
    {
      env: {
        ...process.env,
        ...k6?.env,
        SEAWALL_LOAD: JSON.stringify(settings),
        K6_CSV_TIME_FORMAT: "unix_micro",
      },
      maxBuffer: 64e6,
    },
  );
  const series: Omit<Seen, "value">[] = [];
  const seen: Seen[] = [];
  const parser = new CsvParser(
    {
      series: (one) => series.push(one) - 1,
      sample: (id, _, value) => seen.push({ ...(series[id] as Seen), value }),
    },
    [{ name: "live", lane: "live", stages: [] }],
    everyMetric,
  );
  parser.push(Buffer.from(stdout));
  parser.end();
  return seen;
}

function box(type: string, bytes: number): Buffer {
  const whole = Buffer.alloc(bytes, 1);
  whole.writeUInt32BE(bytes);
  whole.write(type, 4, "latin1");
  return whole;
}

/** Viewers check bodies: boxes, and a tenth of the declared bitrate. */
const media = Buffer.concat([box("moof", 100), box("mdat", 13_000)]);
const whole: RequestListener = (_, response) => response.end(media);

test("serves viewers of a dead, silent or broken edge by another; a shed viewer stays and waits", async () => {
  const dead = { name: "dead", url: "http://127.0.0.1:1" };
  const silent = await edge("silent", () => undefined);
  const broken = await edge("broken", (_, response) =>
    response.writeHead(503, { "X-Answer": "failed" }).end(),
  );
  const good = await edge("good", whole);
  const full = await edge("full", (_, response) =>
    response.writeHead(503, { "X-Answer": "shed", "Cache-Control": "max-age=5" }).end(),
  );
  const [seen, ofSilent, ofFull] = await Promise.all([
    watch([dead, broken, good]),
    watch([silent, good]),
    watch([full, good]),
  ]);
  const [served, requests] = [
    seen.filter(({ metric }) => metric === "segment_ms"),
    seen.filter(({ metric }) => metric === "http_req_ms"),
  ];
  expect(served.length).toBeGreaterThanOrEqual(29);
  expect(new Set(served.map(({ tags }) => tags["outcome"]))).toEqual(new Set(["served"]));
  expect(new Set(served.map(({ tags }) => tags["entry"]))).toEqual(new Set(["good"]));
  // Each edge is the home of some viewers, and none of them pauses before another edge.
  expect(new Set(served.map(({ tags }) => tags["home"]))).toEqual(
    new Set(["dead", "broken", "good"]),
  );
  expect(requests.filter(({ tags }) => tags["entry"] === "dead").length).toBeGreaterThan(3);
  expect(
    served.map(({ value }) => value).sort((a, b) => a - b)[Math.floor(served.length / 2)],
  ).toBeLessThan(200);

  const patient = ofSilent.filter(({ metric }) => metric === "segment_ms");
  expect(new Set(patient.map(({ tags }) => tags["outcome"]))).toEqual(new Set(["served"]));
  const waited = patient.filter(({ tags }) => tags["home"] === "silent").map(({ value }) => value);
  expect(Math.min(...waited)).toBeGreaterThan(1_900);
  expect(Math.max(...waited)).toBeLessThan(3_500);

  const refused = ofFull.filter(({ metric }) => metric === "segment_ms");
  expect(
    new Set(refused.map(({ tags }) => `${tags["home"]} ${tags["entry"]} ${tags["outcome"]}`)),
  ).toEqual(new Set(["full full shed", "good good served"]));
});

test("asks the gateway for another edge when one fails, and the next gateway when that fails", async () => {
  const good = await edge("good", whole);
  const answers: string[] = [];
  let missedMs = Infinity;
  const gateway = await edge("gateway", (request, response) => {
    const token = request.headers.authorization;
    // Like a real one, it needs a while to notice a lost edge.
    if (token !== undefined) missedMs = Math.min(missedMs, Date.now() + 600);
    const to = Date.now() > missedMs ? good : { name: "dead", url: "http://127.0.0.1:1" };
    answers.push(
      `${request.method} ${request.url} ${token ?? request.headers["x-request-kind"]} ${to.name}`,
    );
    response
      .writeHead(token === undefined ? 201 : 200, { "Content-Type": "application/json" })
      .end(JSON.stringify({ token: "its-own", edge: to.name, edgeUrl: to.url }));
  });
  const seen = await watch([], {
    workload: "sessions",
    exec: "live",
    gateways: [{ name: "lost", url: "http://127.0.0.1:1" }, gateway],
  });
  const watched = seen
    .filter(({ metric }) => metric === "segment_ms")
    .map(({ tags: { home, entry, outcome } }) => `${home} ${entry} ${outcome}`);
  expect(watched.length).toBeGreaterThanOrEqual(29);
  expect(new Set(watched)).toEqual(new Set(["dead good served", "good good served"]));
  expect(new Set(answers)).toEqual(
    new Set([
      "POST /sessions play dead",
      "POST /sessions play good",
      "GET /sessions/current Bearer its-own dead",
      "GET /sessions/current Bearer its-own good",
    ]),
  );
});

test("each viewer of a stream behind sessions signs in once, and again when it is refused", async () => {
  const tokens = new Map<string, number>();
  const bare: string[] = [];
  const place = await edge("sessions", (request, response) => {
    if (request.url === "/door") {
      const token = `ticket-${tokens.size + 1}`;
      tokens.set(token, 0);
      response.writeHead(201).end(JSON.stringify({ data: { token } }));
      return;
    }
    const token = String(request.headers.authorization).replace("Bearer ", "");
    const uses = tokens.get(token);
    if (uses === undefined) bare.push(token);
    // A ticket is good for two segments.
    if (uses === undefined || uses >= 2) return void response.writeHead(401).end();
    tokens.set(token, uses + 1);
    response.end(media);
  });
  const session = {
    path: "/door",
    token: "data.token",
    header: "Authorization",
    as: "Bearer {token}",
  };
  const seen = await watch([{ ...place, session }], { exec: "dvr", virtualUsers: 5 });
  const segments = seen.filter(({ metric }) => metric === "segment_ms");
  expect(segments.length).toBeGreaterThan(20);
  expect(new Set(segments.map(({ tags }) => tags["outcome"]))).toEqual(new Set(["served"]));
  expect(bare).toEqual([]);
  // Viewers share no ticket, and a used one is given back for another.
  expect(tokens.size).toBeGreaterThanOrEqual(Math.ceil(segments.length / 2));
  expect(tokens.size).toBeLessThan(segments.length);
  const requests = seen.filter(({ metric }) => metric === "http_req_ms");
  const signedIn = requests.filter(({ tags }) => tags["lane"] === "session");
  expect(signedIn.length).toBe(tokens.size);
  expect(JSON.stringify(seen)).not.toContain("ticket-");
}, 30_000);
