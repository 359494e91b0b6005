/**
 * A witness that every target has which Seawall started, and that knows nothing of what is served:
 * the kernel, which counts what entries write, what the generator reads and what this machine's
 * interfaces receive. A generator that says that bodies were served for which nobody moved any
 * bytes is not believed.
 */
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, matching, type Window, valuesIn } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import { answer } from "./answer.ts";
import { spanOf } from "./gaps.ts";
import type { Windows } from "./windows.ts";
import { isVirtual } from "../record/substrates.ts";
import { entryTag } from "../metrics/tags.ts";

/**
 * What must have been moved at least of what was served, as a share of it. Sizes are those of the
 * prober's bodies on average. On honest runs (21 phases, of nginx and of a small target: quiet, in
 * a storm, slow, refusing, its origin killed) entries wrote and the generator read 1.01 of it at
 * least, and the interfaces received 2.2. Half leaves room for bodies of other sizes.
 */
const shareMin = 0.5;
/** Less than this is too little to compare, in bytes. */
const expectedMin = 1_000_000;
/** What ends at a phase's border may have been moved in its neighbour. */
const borderMs = 1_000;
/** Counters are read so often: the first reading speaks of so long. */
const readingMs = 2_000;

type Moved = FactOf<"witnesses.bytes">;

export function bytesMoved(run: Run, windows: Windows): Judged {
  const id = "witnesses.bytes";
  if (isVirtual(run.plan.substrate)) return answer(id, [], { remarks: [{ fact: "model" }] });
  const witnesses = witnessesOf(run, windows);
  const problems: Moved[] = [];
  const used: Witness[] = [];
  for (const [phase, window] of Object.entries(windows)) {
    const expected = run.plan.entries.map((entry) => ({
      entry,
      bytes: expectedOf(run, entry, window),
    }));
    for (const one of witnesses) {
      const { witness, service } = one;
      const expectedBytes =
        witness === "writer"
          ? (expected.find(({ entry }) => entry === service)?.bytes ?? 0)
          : sum(expected.map(({ bytes }) => bytes));
      const bytes = expectedBytes < expectedMin ? null : one.movedIn(window);
      if (bytes === null) continue;
      if (!used.includes(one)) used.push(one);
      if (bytes < shareMin * expectedBytes)
        problems.push({ fact: "too-few", phase, witness, service, expectedBytes, bytes });
    }
  }
  const asked = sum(Object.values(windows).map((window) => servedIn(run, {}, window)));
  if (asked > 0 && canCount(run)) problems.push(...missing(run, witnesses));
  const agreed = used.map(({ witness, service }): Moved => ({ fact: "agrees", witness, service }));
  const none: Moved = { fact: witnesses.length === 0 ? "none-counted" : "too-little" };
  return answer(id, problems, {
    samples: used.length,
    remarks: agreed.length === 0 ? [none] : agreed,
  });
}

/** What every record of a run on Linux holds. */
function missing(run: Run, witnesses: readonly Witness[]): Moved[] {
  const has = (kind: Witness["witness"]): boolean =>
    witnesses.some(({ witness }) => witness === kind);
  const wasServed =
    matching(run.series, { metric: "canary_ms", where: { outcome: "served" } }).length > 0;
  const isSized =
    matching(run.series, { metric: run.plan.bodies?.sizes ?? "", where: {} }).length > 0;
  return [
    ...(has("reader") ? [] : [{ fact: "reader-missing" } as const]),
    ...(has("receiver") ? [] : [{ fact: "receiver-missing" } as const]),
    ...(!wasServed || isSized ? [] : [{ fact: "sizes-missing" } as const]),
  ];
}

/** Only Linux counts for everybody to read. */
function canCount(run: Run): boolean {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind !== "started" || started.machine.platform.startsWith("linux");
}

interface Witness {
  readonly witness: "writer" | "reader" | "receiver";
  /** Whose processes; empty for all of the machine. */
  readonly service: string;
  /** Null when it cannot say. */
  movedIn(window: Window): number | null;
}

function witnessesOf(run: Run, windows: Windows): readonly Witness[] {
  const span = spanOf(windows);
  if (span === null) return [];
  const generator = run.events.find((event) => event.kind === "loadStarted");
  const load = generator?.kind === "loadStarted" ? generator.generator : "k6";
  return [
    ...run.plan.entries.flatMap((entry) => entryWitness(run, entry, span)),
    ...counterWitness(run, { witness: "reader", service: load }, "io_bytes", {
      service: load,
      direction: "read",
    }),
    ...counterWitness(run, { witness: "receiver", service: "" }, "network_bytes", {
      direction: "received",
    }),
  ];
}

function counterWitness(
  run: Run,
  who: Pick<Witness, "witness" | "service">,
  metric: string,
  where: Readonly<Record<string, string>>,
): Witness[] {
  const series = matching(run.series, { metric, where });
  return series.length === 0
    ? []
    : [
        {
          ...who,
          movedIn: (window) => sum(series.map((one) => grownIn(one, around(window)))),
        },
      ];
}

/**
 * The processes of an entry, if the kernel counts how they write: what the prober got is known, and
 * one that wrote less than half of that sends in a way that is not counted. What it wrote since its
 * last reading is lost when it dies, so that it says nothing of such a phase.
 */
function entryWitness(run: Run, entry: string, span: Window): Witness[] {
  const [witness] = counterWitness(run, { witness: "writer", service: entry }, "io_bytes", {
    service: entry,
    direction: "written",
  });
  const probed = sum(
    valuesIn(
      matching(run.series, { metric: run.plan.bodies?.sizes ?? "", where: { [entryTag]: entry } }),
      span,
    ),
  );
  if (witness === undefined || probed === 0 || (witness.movedIn(span) ?? 0) < shareMin * probed)
    return [];
  const deaths = run.events
    .filter((event) => event.kind === "exited" && event.service === entry)
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

/**
 * A reading speaks of the time since the one before; of that, as much counts as lies in the window.
 */
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

/**
 * What the bodies weigh that an entry is said to have served in a window: each as much as the
 * prober's of its variant did on average.
 */
function expectedOf(run: Run, entry: string, window: Window): number {
  const { variantTag = "", variants = {} } = run.plan.bodies ?? {};
  return sum(
    Object.keys(variants).map(
      (name) =>
        servedIn(run, { [entryTag]: entry, [variantTag]: name }, window) * bytesOf(run, name),
    ),
  );
}

const weights = new WeakMap<Run, Map<string, number>>();

function bytesOf(run: Run, variant: string): number {
  const known = weights.get(run) ?? new Map<string, number>();
  weights.set(run, known);
  const seen = known.get(variant);
  if (seen !== undefined) return seen;
  const { sizes = "", variantTag = "", variants = {} } = run.plan.bodies ?? {};
  const all = matching(run.series, { metric: sizes, where: { [variantTag]: variant } });
  const count = sum(all.map(({ values }) => values.length));
  const bytes =
    count === 0
      ? (variants[variant]?.leastBytes ?? 0)
      : sum(all.map(({ values }) => sum(values))) / count;
  known.set(variant, bytes);
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
    if (
      metric !== run.plan.harm?.metric ||
      !whole.has(tags["outcome"] ?? "") ||
      !carries(tags, where)
    )
      continue;
    for (const at of atMs) if (at >= fromMs && at < untilMs) count++;
  }
  return count;
}
