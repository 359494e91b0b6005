/**
 * The gate's decision for one experiment. It runs the experiment, and reruns it a bounded number of
 * times while it is inconclusive. It compares held runs with the baseline, and confirms before it
 * reports a slowdown. Pure except for the functions passed in; its result lists every run.
 */
import type { Comparability } from "../compare/comparable.ts";
import type { Change } from "../compare/compare.ts";
import { exitCodes } from "../base/errors.ts";
import { baseline as noBaseline, heldBut, tried as triedWords } from "../phrases/gate.ts";
import type { SubstrateName } from "../record/substrates.ts";
import type { Status } from "../record/verdict.ts";

/** One run of the experiment. */
export interface Attempt {
  readonly runId: string;
  readonly status: Status;
  readonly why: string;
  /** As `run` would exit. */
  readonly exitCode: number;
  /** The folder of its record; empty if it was not run. */
  readonly directory: string;
  readonly rerun: string;
  /** Where the target ran; absent if it was not run. */
  readonly substrate?: SubstrateName;
}

/** The result of the comparison with the baseline. */
export type AgainstBaseline =
  /** There is nothing to compare with, or no comparison was requested. */
  | { readonly kind: "none"; readonly why: string }
  /**
   * A comparison was requested, but the baseline says nothing about these runs: the gate does not
   * pass.
   */
  | { readonly kind: "useless"; readonly why: string }
  | {
      readonly kind: "compared";
      readonly baselineRuns: readonly string[];
      readonly runs: readonly string[];
      /** What has become worse, in one sentence each. */
      readonly worse: readonly string[];
      readonly better: readonly string[];
      /** What looks worse with too few runs for a test, in one sentence each. */
      readonly suspected: readonly string[];
      /** What these runs could have detected, in sentences. */
      readonly power: readonly string[];
      readonly marked: readonly string[];
    };

export interface Gated {
  readonly experiment: string;
  readonly title: string;
  /** In chronological order; never empty. */
  readonly attempts: readonly Attempt[];
  readonly baseline: AgainstBaseline;
  readonly outcome: "passed" | "worse" | "refuted" | "inconclusive" | "broken";
  readonly exitCode: number;
  /** One sentence. */
  readonly why: string;
}

export interface GatePorts {
  run(): Promise<Attempt>;
  /** Compares with these runs on the new side. */
  compare(attempts: readonly Attempt[]): Promise<AgainstBaseline>;
}

export interface GateLimits {
  /** The number of reruns after inconclusive runs. */
  readonly retriesMax: number;
  /** The number of further runs before something is reported as worse than the baseline. */
  readonly confirmations: number;
}

const notCompared: AgainstBaseline = { kind: "none", why: noBaseline.none };

/** Makes at most 1 + retriesMax + confirmations runs. */
export async function gateExperiment(
  experiment: string,
  title: string,
  ports: GatePorts,
  limits: GateLimits,
): Promise<Gated> {
  const attempts: Attempt[] = [];
  const again = async (): Promise<Attempt> => {
    const attempt = await ports.run();
    attempts.push(attempt);
    return attempt;
  };
  let last = await again();
  // A run that cannot start now cannot start later either: nothing changes in between.
  const worthAnother = (): boolean =>
    last.exitCode === exitCodes.inconclusive && last.directory !== "";
  while (worthAnother() && attempts.length <= limits.retriesMax) last = await again();
  const made = (baseline: AgainstBaseline): Gated => gated(experiment, title, attempts, baseline);
  if (last.exitCode !== exitCodes.held) return made(notCompared);
  const held = [last];
  const first = await ports.compare(held);
  if (first.kind !== "compared" || first.worse.length + first.suspected.length === 0)
    return made(first);
  // All of them, and then one comparison: stopping at the first favourable one would be
  // cherry-picking.
  for (let more = 0; more < limits.confirmations; more++) {
    last = await again();
    if (last.exitCode === exitCodes.held) held.push(last);
    // A run that is refuted, or cannot start, needs no statistics.
    else if (last.exitCode !== exitCodes.inconclusive) return made(notCompared);
  }
  return made(held.length > 1 ? await ports.compare(held) : first);
}

function gated(
  experiment: string,
  title: string,
  attempts: readonly Attempt[],
  baseline: AgainstBaseline,
): Gated {
  // Inconclusive confirming runs are skipped; any other failure ended the loop and is the last.
  const decisive =
    attempts.findLast(({ exitCode }) => exitCode !== exitCodes.inconclusive) ??
    (attempts.at(-1) as Attempt);
  const again = attempts.filter(({ exitCode }) => exitCode === exitCodes.inconclusive).length;
  const tried = triedWords(
    again,
    attempts.length,
    attempts.find(({ exitCode }) => exitCode === exitCodes.inconclusive)?.why ?? "",
  );
  const base = { experiment, title, attempts, baseline };
  if (decisive.exitCode === exitCodes.held) {
    if (baseline.kind === "useless") {
      return {
        ...base,
        outcome: "inconclusive",
        exitCode: exitCodes.inconclusive,
        why: `${heldBut.useless(baseline.why)}${tried}`,
      };
    }
    const worse = baseline.kind === "compared" ? baseline.worse : [];
    const [suspect] = baseline.kind === "compared" ? baseline.suspected : [];
    if (worse.length === 0 && suspect !== undefined) {
      return {
        ...base,
        outcome: "inconclusive",
        exitCode: exitCodes.inconclusive,
        why: `${heldBut.tooFew(suspect)}${tried}`,
      };
    }
    if (worse.length === 0)
      return {
        ...base,
        outcome: "passed",
        exitCode: exitCodes.held,
        why: `${decisive.why}${tried}`,
      };
    return {
      ...base,
      outcome: "worse",
      exitCode: exitCodes.refuted,
      why: `${heldBut.worse(worse)}${tried}`,
    };
  }
  const outcome =
    decisive.exitCode === exitCodes.refuted
      ? "refuted"
      : decisive.exitCode === exitCodes.inconclusive
        ? "inconclusive"
        : "broken";
  return { ...base, outcome, exitCode: decisive.exitCode, why: `${decisive.why}${tried}` };
}

/**
 * The part of a comparison on which a gate acts: what the service does. Claims are excluded,
 * because only runs with all claims held are compared. Resource usage and neutral differences are
 * for readers. A baseline without comparable figures says nothing.
 */
export function againstBaseline(
  sides: { readonly baseline: readonly string[]; readonly runs: readonly string[] },
  { refused, marked, otherMachine }: Comparability,
  changes: readonly Change[],
  sentence: (change: Change) => string,
  power: readonly string[],
): AgainstBaseline {
  // A change of the load or the method makes it a new experiment.
  if (refused.length > 0) return { kind: "none", why: noBaseline.otherMethod(refused) };
  if (otherMachine) return { kind: "useless", why: noBaseline.otherMachine };
  if (!changes.some(({ quantity }) => quantity.family === "felt"))
    return { kind: "useless", why: noBaseline.nothingShared };
  const service = changes.filter(({ quantity }) => quantity.family !== "resources");
  return {
    kind: "compared",
    baselineRuns: sides.baseline,
    runs: sides.runs,
    marked,
    power,
    suspected: service
      .filter(
        ({ suspected, quantity, a, b }) =>
          suspected !== null &&
          quantity.family === "felt" &&
          b > a === (quantity.better === "lower"),
      )
      .map(sentence),
    worse: service.filter(({ outcome }) => outcome === "worse").map(sentence),
    better: service.filter(({ outcome }) => outcome === "better").map(sentence),
  };
}
