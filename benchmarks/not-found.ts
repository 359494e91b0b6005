/**
 * How fast an origin answers for an absent segment, against a bare node:http server with the same
 * answer. Both are separate processes, loaded in turn over the same number of connections. The
 * ratio is of answers per second of the server's processor time, which other load does not affect,
 * and of wall time beside it.
 *
 *     node_modules/.bin/node benchmarks/not-found.ts [ROUNDS]
 */
import { spawn } from "node:child_process";
import { freeEndpoint, startStack, url } from "../test/support/live-streaming/origin-stack.ts";
import { segmentInProduction } from "../targets/live-streaming/stream/template.ts";
import { flood } from "./library/flood.ts";

const rounds = Number(process.argv[2] ?? 5);
const connections = 64;
const roundMs = 1_500;

/** Gives the same answer to any request: the fastest possible server. */
const bareServer = `
const { createServer } = require("node:http");
const [host, port, status, body, headers] = JSON.parse(process.argv[1]);
const server = createServer((request, response) => {
  response.writeHead(status, headers);
  response.end(body);
});
server.keepAliveTimeout = 75_000;
server.listen({ host, port, backlog: 2048 });
`;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await using stack = await startStack({ store: false });
const current = segmentInProduction(Date.now());
const cases = {
  "early (404)": `/live/main/v720/${current + 100_000}.m4s`,
  "unknown (404)": "/live/other/v720/1.m4s",
  "gone (410)": "/live/main/v720/1.m4s",
};
process.stdout.write(
  `${rounds} rounds of ${roundMs} ms each, ${connections} connections\n${"".padEnd(16)} ` +
    `bare /CPU s  origin /CPU s  ratio   bare /s  origin /s  ratio\n`,
);
for (const [title, path] of Object.entries(cases)) {
  const sample = await fetch(url(stack.at.read, path));
  const body = await sample.text();
  const names = ["content-type", "content-length", "x-answer", "x-ttl-ms", "cache-control"];
  const headers = Object.fromEntries(names.map((name) => [name, sample.headers.get(name) ?? ""]));
  const at = await freeEndpoint();
  const bare = spawn(
    process.execPath,
    ["-e", bareServer, JSON.stringify([at.host, at.port, sample.status, body, headers])],
    { stdio: "inherit" },
  );
  try {
    while (
      !(await fetch(url(at, "/")).then(
        () => true,
        () => false,
      ))
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    const measured: {
      readonly bare: readonly [number, number];
      readonly origin: readonly [number, number];
    }[] = [];
    // The first round warms both up and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      const perSecond = async (
        endpoint: typeof at,
        pid: number | undefined,
      ): Promise<readonly [number, number]> => {
        const { answered, seconds, serverCpuSeconds, statuses } = await flood(
          endpoint,
          pid ?? 0,
          path,
          connections,
          roundMs,
        );
        if (statuses.size !== 1 || !statuses.has(String(sample.status)))
          throw new Error(`answers were ${[...statuses.keys()].join(", ")}`);
        return [answered / serverCpuSeconds, answered / seconds];
      };
      const one = {
        bare: await perSecond(at, bare.pid),
        origin: await perSecond(stack.at.read, stack.read.child.pid),
      };
      if (round > 0) measured.push(one);
    }
    const [bareCpu, originCpu, bareWall, originWall] = [0, 1].flatMap((index) => [
      median(measured.map((each) => each.bare[index] ?? 0)),
      median(measured.map((each) => each.origin[index] ?? 0)),
    ]) as [number, number, number, number];
    const ratio = (index: 0 | 1): string =>
      median(measured.map((each) => each.origin[index] / each.bare[index])).toFixed(2);
    process.stdout.write(
      `${title.padEnd(16)} ${bareCpu.toFixed(0).padStart(11)} ` +
        `${originCpu.toFixed(0).padStart(14)} ${ratio(0).padStart(6)} ` +
        `${bareWall.toFixed(0).padStart(9)} ${originWall.toFixed(0).padStart(10)} ` +
        `${ratio(1).padStart(6)}\n`,
    );
  } finally {
    bare.kill();
  }
}
