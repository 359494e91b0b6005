/**
 * Compares the figure in `docs/performance.md` with a present run. A figure that is no longer true
 * causes a warning, not a failure.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../harness/record/events.ts";

const root = join(import.meta.dirname, "../..");

/**
 * The harness's processor time relative to k6's in the same run. A busy machine changes it little,
 * because it slows both alike. Both then wait in different ways, so the published median may be
 * missed by half.
 */
const factor = 1.5;

/** The median of the table, a share of 1. */
export function publishedShare(page: string): number | null {
  const row = page
    .split("\n")
    .find((line) =>
      line.startsWith("| processor time of the harness itself under load, against k6's"),
    );
  const median =
    row === undefined ? Number.NaN : Number(/^\s*([\d.]+) %/.exec(row.split("|")[3] ?? "")?.[1]);
  return Number.isFinite(median) ? median / 100 : null;
}

/** The warning for a run of `origin-storm`; null if the figure is true. */
export function untrueFigure(
  events: readonly RunEvent[],
  page: string = readFileSync(join(root, "docs/performance.md"), "utf8"),
): string | null {
  const published = publishedShare(page);
  if (published === null)
    return (
      "docs/performance.md publishes no processor time of the harness that a test could " +
      "compare"
    );
  const generator = events.find((event) => event.kind === "generator");
  if (
    generator?.kind !== "generator" ||
    generator.generatorCpuSeconds === null ||
    generator.generatorCpuSeconds === 0
  )
    return null;
  const measured = generator.harnessCpuSeconds / generator.generatorCpuSeconds;
  if (measured <= published * factor) return null;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return (
    `docs/performance.md says that the harness takes ${percent(published)} ` +
    `of k6's processor time in origin-storm; this run took ${percent(measured)} ` +
    `(${generator.harnessCpuSeconds.toFixed(2)} s of ` +
    `${generator.generatorCpuSeconds.toFixed(2)} s). ` +
    `On an idle machine: node_modules/.bin/node benchmarks/start.ts, and publish what it prints.`
  );
}
