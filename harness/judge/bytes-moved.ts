/**
 * A witness for every target that Seawall starts, which is independent of the served content: the
 * kernel. It counts the bytes that entries write, that the generator reads and that this machine's
 * interfaces receive. Bodies that the generator reports as served are not trusted if no bytes
 * moved.
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
 * The least number of moved bytes, as a fraction of the served ones, whose size is the prober's
 * average. On honest runs, entries wrote and the generator read at least 1.01 of it, and the
 * interfaces received 2.2. Those were 21 phases of nginx and of a small target: quiet, in a storm,
 * slow, refusing, its origin killed. One half leaves room for bodies of other sizes.
 */
const shareMin = 0.5;
/** In bytes; below this there is too little to compare. */
const expectedMin = 1_000_000;
/** A body that ends at a phase boundary may have moved in the neighbouring phase. */
const borderMs = 1_000;
/** Counters are read at this interval, which the first reading covers. */
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

/** What every record of a run on Linux contains. */
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

/** Only Linux has counters that every user can read. */
function canCount(run: Run): boolean {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind !== "started" || started.machine.platform.startsWith("linux");
}

interface Witness {
  readonly witness: "writer" | "reader" | "receiver";
  /** The service whose processes are counted; empty for the whole machine. */
  readonly service: string;
  /** Null if unknown. */
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
 * The processes of an entry, if the kernel counts their kind of write. If the entry wrote less than
 * half of what the prober received, it sends by an uncounted path. Bytes since the last reading are
 * lost if the service dies, so it gives no evidence for that phase.
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

/** A reading covers the time since the previous one; the part inside the window counts. */
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
 * Expected bytes that an entry served in a window: per body, the average size of the prober's
 * bodies of that variant.
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

/** Selected by time of arrival, because a body belongs to the phase in which it moved. */
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
