import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { provision } from "../provision/provision.ts";
import { bundled } from "./bundle.ts";

const run = promisify(execFile);
const { k6 } = await provision(["k6"], { env: process.env });

/** What k6 sends of these rows with so many virtual users to a server that takes `answerMs`. */
async function sent(rows: readonly (readonly unknown[])[], vus: number, answerMs: number) {
  const received: { readonly path: string; readonly atMs: number }[] = [];
  const server = createServer((request, response) => {
    received.push({ path: request.url ?? "", atMs: Date.now() });
    setTimeout(() => response.end("x"), answerMs);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), "seawall-paced-"));
  try {
    const file = join(folder, "rows.ndjson");
    await writeFile(file, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
    const settings = {
      file,
      lane: "main",
      objects: [
        { kind: "page", path: "/page/{number}", name: "page" },
        { kind: "file", path: "/f" },
      ],
      rhythm: null,
    };
    const script = `import { paced } from ${JSON.stringify(join(import.meta.dirname, "paced.ts"))};
      import http from "k6/http";
      export const options = { scenarios: { one: { executor: "shared-iterations", vus: ${vus},
        iterations: ${rows.length}, maxDuration: "20s" } } };
      export default paced("one", ${JSON.stringify(settings)}, (_data, { path, session }) =>
        http.get("${base}" + path + "?" + session), 0);`;
    const entry = join(folder, "entry.js");
    await writeFile(entry, await bundled(script, dirname(import.meta.filename), "test"));
    const samples = join(folder, "samples.csv");
    await run(
      k6.executable,
      [...k6.args, "run", "--quiet", "--no-usage-report", "--out", `csv=${samples}`, entry],
      { env: { ...process.env, ...k6.env, K6_AUTO_EXTENSION_RESOLUTION: "false" } },
    );
    const lines = (await readFile(samples, "utf8")).split("\n");
    const count = (metric: string): number =>
      lines.filter((line) => line.startsWith(`${metric},`)).length;
    return {
      received,
      begun: count("iteration_begun"),
      ended: count("iteration_ended"),
      dropped: count("dropped_iterations"),
    };
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

it("sends each request once, at its own moment", async () => {
  const rows = Array.from({ length: 60 }, (_, at) => [
    // Bursts of twenty.
    500 + Math.floor(at / 20) * 700,
    at % 2,
    at % 2 === 0 ? at : null,
    `s${at}`,
  ]);
  const { received, begun, ended, dropped } = await sent(rows, 50, 5);
  expect({ begun, ended, dropped }).toEqual({ begun: 60, ended: 60, dropped: 0 });
  expect(received.map(({ path }) => path).sort()).toEqual(
    rows
      .map(([, object, number, session]) => `${object === 0 ? `/page/${number}` : "/f"}?${session}`)
      .sort(),
  );
  const firstMs = Math.min(...received.map(({ atMs }) => atMs));
  const off = received.map(({ path, atMs }) => {
    const at = Number(path.split("?s")[1]);
    return Math.abs(atMs - firstMs - Math.floor(at / 20) * 700);
  });
  expect(Math.max(...off)).toBeLessThan(250);
});

it("counts as dropped what found no virtual user in time, and sends it never", async () => {
  const rows = Array.from({ length: 30 }, (_, at) => [300 + at * 20, 1, null, `s${at}`]);
  const { received, begun, ended, dropped } = await sent(rows, 2, 400);
  expect(begun + dropped).toBe(30);
  expect(ended).toBe(begun);
  expect(received).toHaveLength(begun);
  expect(dropped).toBeGreaterThan(10);
});
