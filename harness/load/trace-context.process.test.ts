import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { provision } from "../provision/provision.ts";
import { runVariable } from "../system/processes.ts";

const run = promisify(execFile);
const { k6 } = await provision(["k6"], { env: process.env });

it("sends trace context with each request, and keeps a header of the workload", async () => {
  const received: (IncomingHttpHeaders & { readonly path: string })[] = [];
  const server = createServer((request, response) => {
    received.push({ ...request.headers, path: request.url ?? "" });
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), "seawall-trace-"));
  try {
    const accounted = pathToFileURL(join(import.meta.dirname, "accounted.ts")).href;
    const script = join(folder, "load.ts");
    await writeFile(
      script,
      `import { accounted } from ${JSON.stringify(accounted)};
       import http from "k6/http";
       export const options = { vus: 2, iterations: 300 };
       export default accounted(() => {
         http.get("${base}/get");
         http.request("PUT", "${base}/request", "body", { headers: { "X-Own": "kept" } });
         http.post("${base}/own", "body", { headers: { traceparent: "of the workload" } });
         http.del("${base}/del");
       });`,
    );
    await run(k6.executable, [...k6.args, "run", "--quiet", "--no-usage-report", script], {
      env: {
        ...process.env,
        ...k6.env,
        K6_AUTO_EXTENSION_RESOLUTION: "false",
        [runVariable]: "20261130T172440Z-00000001-2cd205",
      },
    });
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
  const of = (path: string) => received.filter((one) => one.path === path);
  for (const path of ["/get", "/request", "/del"]) {
    expect(of(path)).toHaveLength(300);
    for (const { traceparent } of of(path))
      expect(traceparent).toMatch(/^00-20261130172440[0-9a-f]{18}-(?!0{16})[0-9a-f]{16}-0[01]$/);
  }
  expect(of("/request").every((headers) => headers["x-own"] === "kept")).toBe(true);
  expect(of("/own").every(({ traceparent }) => traceparent === "of the workload")).toBe(true);
  const sampled = received.filter(({ traceparent }) => String(traceparent).endsWith("-01"));
  // One in a hundred of 900; none, or five times as many, is not chance.
  expect(sampled.length).toBeGreaterThan(0);
  expect(sampled.length).toBeLessThan(45);
  for (const { tracestate } of sampled)
    expect(tracestate).toBe("seawall=20261130T172440Z-00000001-2cd205");
  const traces = received.map(({ traceparent }) => String(traceparent).slice(3, 35));
  expect(new Set(traces.filter((one) => /^[0-9a-f]{32}$/.test(one))).size).toBe(900);
});
