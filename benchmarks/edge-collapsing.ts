/**
 * The cost of collapsing for waiting viewers. They all request a segment at once that takes the
 * origin 20 ms, at a Varnish edge and at the weaker nginx edge, in turns. Prints origin requests
 * per segment and the viewers' wait.
 *
 *     node_modules/.bin/node benchmarks/edge-collapsing.ts [VIEWERS] [ROUNDS]
 */
import "../targets/live-streaming/tools/recipes.ts";
import { provision } from "../harness/provision/provision.ts";
import { freePort } from "../harness/system/free-port.ts";
import { nginxProgram } from "../targets/live-streaming/edge-nginx/launch.ts";
import { Bench, get, settingsFor, upstream } from "../test/support/live-streaming/edge-bench.ts";
import { segmentInProduction } from "../targets/live-streaming/stream/template.ts";

const viewers = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 10);

const { varnish, nginx, node } = await provision(["varnish", "nginx", "node"], {
  env: process.env,
});
await using bench = new Bench(varnish);
const origin = await bench.origin(() => ({
  status: 200,
  headers: { "x-ttl-ms": "60000", "cache-control": "max-age=60" },
  afterMs: 20,
}));
const origins = [upstream("region-a", "region-a", origin.port)] as const;
const [port, admin] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
const edges = {
  varnish: await bench.node(settingsFor({ origins: [...origins] })),
  nginx: await bench.run(port, (directory) =>
    nginxProgram(
      { node, cacheDirectory: directory },
      {
        nginx: { executable: nginx.executable, args: [...nginx.args], env: { ...nginx.env } },
        directory,
        admin: { host: "127.0.0.1", port: admin },
        settings: {
          listen: { host: "127.0.0.1", port },
          region: "region-a",
          origins: [...origins],
          event: "main",
          renditions: ["v720"],
          answerMsMax: 3_500,
          defences: { collapsing: true, shedCaching: true, regionFailover: true },
        },
      },
    ),
  ),
};

const newest = segmentInProduction(Date.now());
const waits: Record<keyof typeof edges, number[]> = { varnish: [], nginx: [] };
const fetches: Record<keyof typeof edges, number> = { varnish: 0, nginx: 0 };
for (let round = 0; round < rounds; round += 1) {
  for (const name of ["varnish", "nginx"] as const) {
    const before = origin.asked.length;
    const url = `${edges[name].base}/live/main/v720/${newest - 5 - round}.m4s`;
    const answers = await Promise.all(Array.from({ length: viewers }, () => get(url)));
    if (answers.some(({ status }) => status !== 200))
      throw new Error(`${name} did not serve everybody`);
    waits[name].push(...answers.map(({ ms }) => ms));
    fetches[name] += origin.asked.length - before;
  }
}
for (const name of ["varnish", "nginx"] as const) {
  const sorted = waits[name].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(0);
  process.stdout.write(
    `${name.padEnd(8)} ${viewers} viewers, ${rounds} segments: ${fetches[name] / rounds} ` +
      `origin requests each; wait p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`,
  );
}
