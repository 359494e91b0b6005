/**
 * A small target that can lie, with an experiment of 30 s. An edge is in front of an origin, each a
 * few lines of Node. The link between them has 100 ms of latency. LIE selects the lie; without it,
 * the target is honest. Run it with `./seawall run test/lies/small-target.ts`.
 */
import { defineExperiment } from "../../harness/experiment/experiment.ts";
import type { Phase } from "../../harness/base/phases.ts";
import { streamTarget } from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import type { Launch, Place } from "../../harness/target/layout.ts";

const lie = process.env["LIE"] ?? "none";
const segmentMs = 1_000;

/** The origin makes each segment from its number. No segment exists before it is due. */
const origin = `
  import { createServer } from "node:http";
  const box = (type, body) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + body.length);
    head.write(type, 4, "latin1");
    return Buffer.concat([head, body]);
  };
  const newest = () => Math.floor(Date.now() / ${segmentMs}) - 1;
  createServer((request, response) => {
    const number = Number(/\\/(\\d+)\\.m4s$/.exec(request.url)?.[1] ?? NaN);
    if (request.url === "/health") return response.end("ok");
    if (!(number <= newest() && number > newest() - 100)) return response.writeHead(404).end();
    const media = Buffer.alloc(12_000, request.url);
    const body = Buffer.concat([box("moof", box("mfhd", Buffer.alloc(8))), box("mdat", media)]);
    const headers = { "content-type": "video/mp4", "content-length": body.length };
    response.writeHead(200, headers).end(body);
  }).listen(Number(process.env.PORT), process.env.HOST);
`;

const edge = `
  import { createServer, get, Agent } from "node:http";
  const [kept, agent] = [new Map(), new Agent({ keepAlive: true })];
  let [asked, answered] = [0, 0];
  if (process.env.LIE === "checked")
    setInterval(() => {
      const origin = { host: process.env.CHECK_HOST, port: process.env.CHECK_PORT };
      get({ ...origin, path: "/health" }, (answer) => answer.resume()).on("error", () => {});
    }, 250);
  const { TO_HOST: host, TO_PORT: port } = process.env;
  const fetched = (path) => new Promise((done) => get({ host, port, path, agent }, (answer) => {
    const parts = [];
    answer
      .on("data", (part) => parts.push(part))
      .on("end", () => done({ status: answer.statusCode, body: Buffer.concat(parts) }));
  }).on("error", () => done({ status: 502, body: Buffer.alloc(0) })));
  createServer(async (request, response) => {
    if (request.url === "/health") return response.end("ok");
    if (request.url === "/metrics") {
      if (process.env.LIE !== "frozen" || asked < 100) answered = asked;
      return response.end("edge_asked_total " + answered + "\\n");
    }
    asked++;
    if (!kept.has(request.url)) {
      kept.set(request.url, fetched(request.url));
      if (kept.size > 500) kept.delete(kept.keys().next().value);
    }
    const { status, body } = await kept.get(request.url);
    if (status !== 200) kept.delete(request.url);
    const headers = { "content-type": "video/mp4", "content-length": body.length };
    response.writeHead(status, headers).end(body);
  }).listen(Number(process.env.PORT), process.env.HOST);
`;

/** Where the edge checks its origin's health, and nothing else. */
function checking({ host, port }: { readonly host: string; readonly port: number }) {
  return { CHECK_HOST: host, CHECK_PORT: String(port) };
}

function launch(
  program: string,
  reach: (place: Place) => { readonly host: string; readonly port: number } | null,
) {
  return (place: Place): Launch => {
    const [{ host, port }, to] = [place.listen("http"), reach(place)];
    const env = {
      HOST: host,
      PORT: String(port),
      ...(to === null ? {} : { TO_HOST: to.host, TO_PORT: String(to.port) }),
      ...(to === null || lie !== "checked" ? {} : checking(place.reach("origin", "http"))),
      LIE: lie,
    };
    return {
      command: place.tool("node").executable,
      args: ["main.mjs"],
      env,
      files: { "main.mjs": program },
    };
  };
}

const target = streamTarget({
  name: "small",
  services: [
    {
      name: "origin",
      kind: "origin",
      port: 18_310,
      tools: ["node"],
      ready: "/health",
      launch: launch(origin, () => null),
    },
    {
      name: "edge",
      kind: "edge",
      port: 18_311,
      tools: ["node"],
      ready: "/health",
      metrics: { path: "/metrics", series: ["edge_asked_total"] },
      // Past the proxy, the fault on the link affects nothing of the target.
      launch: launch(edge, (place) =>
        ["bypass", "checked"].includes(lie)
          ? place.direct("origin", "http")
          : place.reach("origin", "http"),
      ),
    },
  ],
  links: [["edge", "origin"]],
  entries: ["edge"],
  stream: {
    event: "main",
    segmentMs,
    availabilityStartMs: 0,
    dvrSegments: 50,
    segmentPath: "/live/{event}/{rendition}/{number}.m4s",
    renditions: [{ name: "video", kind: "video", bitsPerSecond: 96_000 }],
  },
});

const always: readonly Phase[] = ["baseline", "fault", "recovery"];
const live = { metric: "segment_ms", where: { lane: "live" } } as const;

export default defineExperiment({
  name: "small-target",
  title: "Latency between a small edge and its origin",
  story: "A lie about it must never be held.",
  tier: "latency",
  target,
  topology: "own",
  phasesMs: { baseline: 6_000, fault: 7_000, recovery: 7_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 15, fault: 40, recovery: 15 },
      vus: 240,
    },
  ],
  hypothesis: [
    {
      ...live,
      title: "Live segments are served",
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: always,
      samplesMin: 40,
    },
    {
      ...live,
      title: "Nobody waits long",
      statistic: "p95",
      comparison: "<=",
      limit: 1_500,
      unit: "ms",
      during: always,
      samplesMin: 40,
    },
  ],
  recovery: {
    title: "Served again",
    goodput: live,
    having: { outcome: "served" },
    shareMin: 0.95,
    ofBaselineMin: 0.7,
    withinMs: 2_000,
    windowMs: 1_000,
  },
  method: [
    {
      atMs: 1_000,
      forMs: 5_000,
      fault: {
        kind: "latency",
        links: { from: { service: "edge" }, to: { service: "origin" } },
        delayMs: 100,
        jitterMs: 20,
      },
    },
  ],
  blastRadius: { services: ["edge", "origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
