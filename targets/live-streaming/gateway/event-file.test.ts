import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEventFile } from "./event-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-events-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hasLimits = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/**
 * A limit on the size of files stands for a disk that fills up in the middle of a batch: both take
 * the first bytes. In a process of its own, as the limit is the process's.
 */
const program = `
  import { execFileSync } from "node:child_process";
  import { eventByEvent, openEventFile } from ${JSON.stringify(join(import.meta.dirname, "event-file.ts"))};
  import { createIngest } from ${JSON.stringify(join(import.meta.dirname, "ingest.ts"))};
  const [folder, bounded, ...sizes] = process.argv.slice(1);
  const limit = (most) => execFileSync("prlimit", ["--pid", String(process.pid), \`--fsize=\${most}:unlimited\`]);
  for (const bytes of sizes) {
    const path = folder + "/" + bytes;
    const sink = bounded === "bounded" ? await openEventFile(path, 2 ** 26) : eventByEvent(path);
    let failures = 0;
    const onFailure = () => { if (++failures === 1) limit("unlimited"); };
    const ingest = createIngest({ sink, bounded: bounded === "bounded", queueMax: 1e4, batchMax: 1e3, pauseMs: 1, onFailure });
    limit(bytes);
    ingest.offer(Array.from({ length: 200 }, (_, id) => JSON.stringify({ kind: "ad.quartile", id })), 1);
    await ingest.flush();
    limit("unlimited");
    console.log(JSON.stringify({ ...ingest.counts, failures }));
  }
`;

for (const bounded of ["bounded", "unbounded"]) {
  test.skipIf(!hasLimits)(
    `a disk that is full in the middle of a write keeps each event once (${bounded})`,
    () => {
      const sizes = [1, 3_001, 3_002, 3_030].map(String);
      const said = execFileSync(
        process.execPath,
        [
          "--disable-warning=ExperimentalWarning",
          "--input-type=module",
          "-e",
          program,
          folder,
          bounded,
          ...sizes,
        ],
        { encoding: "utf8" },
      );
      const lines = said.trimEnd().split("\n");
      expect(lines).toHaveLength(sizes.length);
      for (const [index, bytes] of sizes.entries()) {
        const path = join(folder, bytes);
        const { failures, ...counts } = JSON.parse(lines[index] as string) as {
          failures: number;
          stored: number;
          shed: number;
        };
        // The limit of each size was met.
        expect(failures).toBeGreaterThan(0);
        const ids = readFileSync(path, "utf8")
          .split("\n")
          .flatMap((line) => {
            try {
              return [(JSON.parse(line) as { id: number }).id];
            } catch {
              return [];
            }
          });
        expect(new Set(ids).size).toBe(ids.length);
        expect(counts).toMatchObject({ stored: ids.length, shed: 200 - ids.length });
        expect(ids).toHaveLength(200);
      }
    },
  );
}

test("a file that cannot be turned over goes on growing, and is turned over later", async () => {
  const path = join(folder, "events");
  mkdirSync(`${path}.1`);
  const file = await openEventFile(path, 100);
  for (const text of ["a", "b", "c"]) expect(await file.append([text.repeat(60)])).toBe(1);
  expect(readFileSync(path, "utf8")).toHaveLength(183);
  rmdirSync(`${path}.1`);
  for (const text of ["d", "e"]) expect(await file.append([text.repeat(60)])).toBe(1);
  await file.close();
  expect(readFileSync(`${path}.1`, "utf8")).toHaveLength(244);
  expect(readFileSync(path, "utf8")).toBe(`${"e".repeat(60)}\n`);
});
