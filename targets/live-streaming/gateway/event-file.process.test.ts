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
 * A limit on file sizes simulates a disk that fills during a batch: both accept the first bytes. It
 * runs in its own process, because the limit applies to a process.
 */
const here = (name: string): string => JSON.stringify(join(import.meta.dirname, name));
const program = `
  import { execFileSync } from "node:child_process";
  import { eventByEvent, openEventFile } from ${here("event-file.ts")};
  import { createIngest } from ${here("ingest.ts")};
  const [folder, kind, ...sizes] = process.argv.slice(1);
  const bounded = kind === "bounded";
  const limit = (most) =>
    execFileSync("prlimit", ["--pid", String(process.pid), \`--fsize=\${most}:unlimited\`]);
  const limits = { queueMax: 1e4, batchMax: 1e3, pauseMs: 1 };
  const events = Array.from({ length: 200 }, (_, id) => ({ kind: "ad.quartile", id }));
  for (const bytes of sizes) {
    const path = folder + "/" + bytes;
    const sink = bounded ? await openEventFile(path, 2 ** 26) : eventByEvent(path);
    let failures = 0;
    const onFailure = () => { if (++failures === 1) limit("unlimited"); };
    const ingest = createIngest({ sink, bounded, ...limits, onFailure });
    limit(bytes);
    ingest.offer(events.map((event) => JSON.stringify(event)), 1);
    await ingest.flush();
    limit("unlimited");
    console.log(JSON.stringify({ ...ingest.counts, failures }));
  }
`;

for (const bounded of ["bounded", "unbounded"]) {
  test.skipIf(!hasLimits)(
    `stores each event once when a disk fills during a write (${bounded})`,
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

test("keeps writing to a file whose rotation fails, and rotates it later", async () => {
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
