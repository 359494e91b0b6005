/**
 * A witness that every target has which Seawall started, and that knows nothing of segments: the kernel, which counts what edges write, what the
 * generator reads and what this machine's interfaces receive. A generator that says that segments were served for which nobody moved any bytes is
 * not believed.
 */
import { leastBytes } from "../target/body.ts";
import type { Finding } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, matching, type Window, valuesIn } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import { answer } from "./answer.ts";
import { spanOf } from "./gaps.ts";
import type { Windows } from "./windows.ts";
import { isVirtual } from "../record/substrates.ts";
import { streamOf } from "../target/stream.ts";

const bytesMovedTitle = "Bytes were moved for what the generator says was served";

/**
 * What must have been moved at least of what was served, as a share of it. Sizes are those of the prober's bodies on average. On honest runs (21
 * phases, of nginx and of a small target: quiet, in a storm, slow, refusing, its origin killed) edges wrote and the generator read 1.01 of it at
 * least, and the interfaces received 2.2. Half leaves room for bodies of other sizes.
 */
const shareMin = 0.5;
/** Less than this is too little to compare, in bytes. */
const expectedMin = 1_000_000;
/** What ends at a phase's border may have been moved in its neighbour. */
const borderMs = 1_000;
/** Counters are read so often: the first reading speaks of so long. */
const readingMs = 2_000;

export function bytesMoved(run: Run, windows: Windows): Finding {
  if (isVirtual(run.plan.substrate))
    return answer(
      "witnesses.bytes",
      bytesMovedTitle,
      null,
      0,
      undefined,
      "a model moves no bytes: nobody but the prober saw what the generator saw",
    );
  const witnesses = witnessesOf(run, windows);
  const problems: string[] = [];
  const used = new Set<string>();
  for (const [phase, window] of Object.entries(windows)) {
    const expected = run.plan.edges.map((edge) => ({ edge, bytes: expectedOf(run, edge, window) }));
    for (const { name, edge, movedIn } of witnesses) {
      const bytes =
        edge === null
          ? sum(expected.map((one) => one.bytes))
          : (expected.find((one) => one.edge === edge)?.bytes ?? 0);
      const moved = bytes < expectedMin ? null : movedIn(window);
      if (moved === null) continue;
      used.add(name);
      if (moved < shareMin * bytes)
        problems.push(
          `${phase}: by the generator ${mega(bytes)} were served${edge === null ? "" : ` by ${edge}`}, and ${name} ${mega(moved)}`,
        );
    }
  }
  const asked = sum(Object.values(windows).map((window) => servedIn(run, {}, window)));
  const nobody =
    "nobody counted any bytes: nobody but the generator and the prober saw what was served";
  if (asked > 0 && canCount(run)) problems.push(...missing(run, witnesses));
  const said =
    witnesses.length === 0
      ? nobody
      : used.size === 0
        ? "too little was served to compare"
        : [...used].join("; ");
  return answer(
    "witnesses.bytes",
    bytesMovedTitle,
    problems.length === 0 ? null : problems.join("; "),
    used.size,
    undefined,
    said,
  );
}

/** What every record of a run on Linux holds. */
function missing(run: Run, witnesses: readonly Witness[]): string[] {
  const everywhere = witnesses.filter(({ edge }) => edge === null);
  const wasServed =
    matching(run.series, { metric: "canary_ms", where: { outcome: "served" } }).length > 0;
  return [
    ...(everywhere.some(({ metric }) => metric === "io_bytes")
      ? []
      : ["nobody counted what the generator read"]),
    ...(everywhere.some(({ metric }) => metric === "network_bytes")
      ? []
      : ["nobody counted what this machine's interfaces received"]),
    ...(!wasServed || matching(run.series, { metric: "canary_bytes" }).length > 0
      ? []
      : ["nobody weighed the prober's segments"]),
  ];
}

/** Only Linux counts for everybody to read. */
function canCount(run: Run): boolean {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind !== "started" || started.machine.platform.startsWith("linux");
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

interface Witness {
  readonly name: string;
  readonly metric: string;
  /** Null: of everything. */
  readonly edge: string | null;
  /** Null when it cannot say. */
  movedIn(window: Window): number | null;
}

function witnessesOf(run: Run, windows: Windows): readonly Witness[] {
  const span = spanOf(windows);
  if (span === null) return [];
  const generator = run.events.find((event) => event.kind === "loadStarted");
  const load = generator?.kind === "loadStarted" ? generator.generator : "k6";
  return [
    ...run.plan.edges.flatMap((edge) => edgeWitness(run, edge, span)),
    ...counterWitness(run, `the generator's process (${load}) read`, null, "io_bytes", {
      service: load,
      direction: "read",
    }),
    ...counterWitness(run, "this machine's interfaces received", null, "network_bytes", {
      direction: "received",
    }),
  ];
}

function counterWitness(
  run: Run,
  name: string,
  edge: string | null,
  metric: string,
  where: Readonly<Record<string, string>>,
): Witness[] {
  const series = matching(run.series, { metric, where });
  return series.length === 0
    ? []
    : [
        {
          name,
          metric,
          edge,
          movedIn: (window) => sum(series.map((one) => grownIn(one, around(window)))),
        },
      ];
}

/**
 * An edge's processes, if the kernel counts how they write: what the prober got is known, and an edge that wrote less than half of that sends in a way
 * that is not counted. What an edge wrote since its last reading is lost when it dies, so that it says nothing of such a phase.
 */
function edgeWitness(run: Run, edge: string, span: Window): Witness[] {
  const [witness] = counterWitness(run, `the processes of ${edge} wrote`, edge, "io_bytes", {
    service: edge,
    direction: "written",
  });
  const probed = sum(
    valuesIn(matching(run.series, { metric: "canary_bytes", where: { edge } }), span),
  );
  if (witness === undefined || probed === 0 || (witness.movedIn(span) ?? 0) < shareMin * probed)
    return [];
  const deaths = run.events
    .filter((event) => event.kind === "exited" && event.service === edge)
    .map(({ atMs }) => atMs);
  return [
    {
      ...witness,
      movedIn: (window) => {
        const wide = around(window);
        return deaths.some((atMs) => atMs >= wide.fromMs && atMs < wide.untilMs)
          ? null
          : witness.movedIn(window);
      },
    },
  ];
}

function around({ fromMs, untilMs }: Window): Window {
  return { fromMs: fromMs - borderMs, untilMs: untilMs + borderMs };
}

/** A reading speaks of the time since the one before; of that, as much counts as lies in the window. */
function grownIn({ atMs, values }: SeriesData, { fromMs, untilMs }: Window): number {
  let total = 0;
  for (let index = 0; index < atMs.length; index++) {
    const untilReading = atMs[index] as number;
    const fromReading = atMs[index - 1] ?? untilReading - readingMs;
    const overlapMs = Math.min(untilMs, untilReading) - Math.max(fromMs, fromReading);
    if (overlapMs > 0)
      total += (values[index] as number) * (overlapMs / (untilReading - fromReading));
  }
  return total;
}

/** What the segments weigh that an edge is said to have served in a window: each as much as the prober's of its rendition did on average. */
function expectedOf(run: Run, edge: string, window: Window): number {
  return sum(
    (run.plan.stream?.renditions ?? []).map(
      ({ name }) => servedIn(run, { edge, rendition: name }, window) * bytesOf(run, name),
    ),
  );
}

const weights = new WeakMap<Run, Map<string, number>>();

function bytesOf(run: Run, rendition: string): number {
  const known = weights.get(run) ?? new Map<string, number>();
  weights.set(run, known);
  const seen = known.get(rendition);
  if (seen !== undefined) return seen;
  const all = matching(run.series, { metric: "canary_bytes", where: { rendition } });
  const count = sum(all.map(({ values }) => values.length));
  const bytes =
    count === 0
      ? leastBytes(streamOf(run.plan), rendition)
      : sum(all.map(({ values }) => sum(values))) / count;
  known.set(rendition, bytes);
  return bytes;
}

const whole: ReadonlySet<string> = new Set(["served", "late", "wrong"]);

/** By the moment at which they had come: a body belongs to the phase in which it was moved. */
function servedIn(
  run: Run,
  where: Readonly<Record<string, string>>,
  { fromMs, untilMs }: Window,
): number {
  let count = 0;
  for (const { metric, tags, atMs } of run.series) {
    if (metric !== "segment_ms" || !whole.has(tags["outcome"] ?? "") || !carries(tags, where))
      continue;
    for (const at of atMs) if (at >= fromMs && at < untilMs) count++;
  }
  return count;
}
