/**
 * Cache hits at the edge against a Varnish with its built-in rules only. Both have the same
 * arguments and object, and run in turns (edge, bare, bare, edge …). Prints hits/s, and hits per
 * second of Varnish's own processor time, on which other load and the generator have less
 * influence.
 *
 *     node_modules/.bin/node benchmarks/edge-hits.ts [ROUNDS] [BODY BYTES]
 */
import "../targets/live-streaming/tools/recipes.ts";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { provision } from "../harness/provision/provision.ts";
import { freePort } from "../harness/system/free-port.ts";
import { statOf } from "../harness/system/processes.ts";
import {
  Bench,
  get,
  type RunningNode,
  segment,
  settingsFor,
  upstream,
} from "../test/support/live-streaming/edge-bench.ts";
import { edgeProgram } from "../targets/live-streaming/edge/launch.ts";

const rounds = Number(process.argv[2] ?? 12);
const bodyBytes = Number(process.argv[3] ?? 1_000);
const turnMs = 1_000;
const connections = 16;
/** Pipelined requests per connection, so that the generator is never the bottleneck. */
const depth = 16;
const mark = "HTTP/1.1 200";

const { varnish } = await provision(["varnish"], { env: process.env });
await using bench = new Bench(varnish);
const origin = await bench.origin(() => ({
  status: 200,
  headers: { "x-ttl-ms": "600000", "cache-control": "max-age=600" },
  body: "x".repeat(bodyBytes),
}));
const settings = settingsFor({
  origins: [
    upstream("region-a", "region-a", origin.port),
    upstream("region-b", "region-b", origin.port),
  ],
});
const ours = await bench.node(settings);
const port = await freePort("127.0.0.1");
const admin = await freePort("127.0.0.1");
const bare = await bench.run(port, (directory) => ({
  ...edgeProgram({
    varnish,
    directory,
    listen: { host: "127.0.0.1", port },
    admin: { host: "127.0.0.1", port: admin },
    settings,
  }),
  files: {
    "edge.vcl": `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${origin.port}"; }\n`,
  },
}));

interface Turn {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const path = segment(-10);
for (const node of [ours, bare]) {
  await get(node.base + path);
  await turn(node, path);
}
const fetches = origin.asked.length;
const turns: Record<"ours" | "bare", Turn[]> = { ours: [], bare: [] };
for (let round = 0; round < rounds; round += 1) {
  for (const name of round % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const))
    turns[name].push(await turn(name === "ours" ? ours : bare, path));
}
if (origin.asked.length !== fetches) throw new Error("something was not a hit");
const median = (name: keyof typeof turns, of: keyof Turn): number =>
  turns[name].map((each) => each[of]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
process.stdout.write(
  `${rounds} turns of ${turnMs / 1000} s each, ${bodyBytes} B, ${connections} connections ` +
    `of ${depth} requests; medians\n`,
);
for (const [title, of] of [
  ["hits/s", "perSecond"],
  ["hits per second of Varnish's processor time", "perCpuSecond"],
] as const) {
  const [edge, plain] = [median("ours", of), median("bare", of)];
  process.stdout.write(
    `${title.padEnd(44)} ours ${edge.toFixed(0).padStart(7)}   bare ` +
      `${plain.toFixed(0).padStart(7)}   ratio ${(edge / plain).toFixed(3)}\n`,
  );
}

async function turn(node: RunningNode, path: string): Promise<Turn> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: edge\r\n\r\n`);
  let answered = 0;
  const sockets: Socket[] = Array.from({ length: connections }, () => {
    const socket = connect(node.port, "127.0.0.1");
    let tail = "";
    socket.on("data", (data: Buffer) => {
      const seen = countOf(data, tail);
      tail = data.toString("latin1", Math.max(0, data.length - (mark.length - 1)));
      answered += seen;
      if (seen > 0)
        socket.write(seen === 1 ? request : Buffer.concat(new Array<Buffer>(seen).fill(request)));
    });
    socket.write(Buffer.concat(new Array<Buffer>(depth).fill(request)));
    return socket;
  });
  await sleep(150);
  const [fromMs, from, cpu] = [performance.now(), answered, cpuSeconds(node)];
  await sleep(turnMs);
  const [seconds, hits, cpuUsed] = [
    (performance.now() - fromMs) / 1000,
    answered - from,
    cpuSeconds(node) - cpu,
  ];
  for (const socket of sockets) socket.destroy();
  return { perSecond: hits / seconds, perCpuSecond: hits / cpuUsed };
}

/** Answers that begin in `data`, including one whose start is split over two pieces. */
function countOf(data: Buffer, tail: string): number {
  let count = 0;
  for (let at = data.indexOf(mark); at >= 0; at = data.indexOf(mark, at + mark.length)) count += 1;
  return (tail + data.toString("latin1", 0, mark.length - 1)).includes(mark) ? count + 1 : count;
}

/** Of the node's shell, Varnish's manager and the worker process. */
function cpuSeconds(node: RunningNode): number {
  const withChildren = (pid: number): number[] => [
    pid,
    ...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .flatMap((each) => withChildren(Number(each))),
  ];
  return withChildren(node.child.pid ?? 0).reduce(
    (sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0),
    0,
  );
}
