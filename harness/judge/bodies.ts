/**
 * A 200 does not prove a correct body. The bodies that some users and the prober inspected must be
 * complete, and plausible in size and type. They must differ between numbers, and be equal for the
 * same number. Uninspected bodies are assumed to be wrong as often as inspected ones.
 */
import { kindOf } from "../faults/faults.ts";
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, countIn, eachIn, matching, sizeOf, type Window } from "../metrics/series.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import { answer } from "./answer.ts";
import { type Misplaced, printsOf } from "./prints.ts";
import type { Windows } from "./windows.ts";
import { isVirtual } from "../record/substrates.ts";

/** As a fraction of inspected bodies. A planned fault may truncate a few. */
const wrongShareMax = 0.01,
  wrongMin = 3;
/** From this number of served bodies in a phase, at least one must have been inspected. */
const servedMin = 100;

type Body = FactOf<"bodies.right">;

export function bodiesAreRight(run: Run, windows: Windows): Judged {
  const id = "bodies.right";
  if (isVirtual(run.plan.substrate)) return answer(id, [], { remarks: [{ fact: "model" }] });
  // A pack that does not describe bodies has none to inspect, such as an API.
  if (run.plan.bodies === undefined) return answer(id, [], { remarks: [{ fact: "not-declared" }] });
  const seen = matching(run.series, { metric: run.plan.bodies.looks });
  const prints = printsOf(run, seen);
  const problems: Body[] = [
    ...Object.entries(windows).flatMap(([phase, window]) => [
      ...unseen(run, seen, phase, window),
      ...wrongIn(seen, phase, window, prints.misplaced, fineIn(run, phase as Phase)),
    ]),
    ...prints.problems,
    ...otherContainers(run, seen),
    ...claimsThatRest(run, windows, prints.misplaced),
  ];
  const looks = sizeOf(seen);
  return answer(id, problems, {
    samples: looks,
    remarks: looks === 0 ? [{ fact: "none-served" }] : scopeOf(run, seen, looks),
  });
}

/** For a reader: what was inspected, and what was not. */
function scopeOf({ plan }: Run, seen: readonly SeriesData[], looks: number): Body[] {
  const { variants = {}, checksums = false } = plan.bodies ?? {};
  const counts = Map.groupBy(seen, ({ tags }) => tags["container"] ?? "unknown");
  const flagged = sizeOf(seen.filter(({ tags }) => tags["problem"] === "flagged"));
  return [
    {
      fact: "looked",
      looks,
      containers: [...counts].map(([container, some]) => `${container} ${sizeOf(some)}`),
      leastBytes: Object.entries(variants).map(
        ([name, one]) => `${name} ${Math.round(one.leastBytes)}`,
      ),
    },
    ...(counts.has("unknown") ? [{ fact: "unknown-containers" } as const] : []),
    ...(flagged === 0 ? [] : [{ fact: "flagged", count: flagged } as const]),
    ...(!checksums ? [{ fact: "no-checksum" } as const] : []),
  ];
}

const lookedAt = (seen: readonly SeriesData[], tags: Tags): readonly SeriesData[] =>
  seen.filter((one) => carries(one.tags, tags));

/** Samples of the harm metric. */
function goodOf({ plan: { harm }, series }: Run): readonly SeriesData[] {
  return harm === undefined ? [] : matching(series, { metric: harm.metric, where: harm.having });
}

function unseen(run: Run, seen: readonly SeriesData[], phase: string, window: Window): Body[] {
  const served = countIn(goodOf(run), window);
  const looks = countIn(lookedAt(seen, { by: "user" }), window);
  return served >= servedMin && looks === 0 ? [{ fact: "none-seen", phase, served }] : [];
}

/**
 * A header that calls a body defective excuses nothing by itself; otherwise a target could excuse
 * everything. It counts from the moment at which a planned fault corrupts bodies, because users who
 * watch earlier content receive them later.
 */
function fineIn({ plan }: Run, phase: Phase): ReadonlySet<string> {
  const spoils = plan.steps.some(({ fault }) => kindOf(fault).spoils === true);
  return new Set(spoils && phase !== "baseline" ? ["none", "flagged"] : ["none"]);
}

function wrongIn(
  seen: readonly SeriesData[],
  phase: string,
  window: Window,
  misplaced: readonly Misplaced[],
  fine: ReadonlySet<string>,
): Body[] {
  const entries = new Set(seen.map(({ tags }) => tags[entryTag] ?? ""));
  return [...entries].flatMap((entry) =>
    (["user", "prober"] as const).flatMap((by): Body[] => {
      const own = lookedAt(seen, { [entryTag]: entry, by });
      const looks = countIn(own, window);
      const kinds = Map.groupBy(
        own.filter(({ tags }) => !fine.has(tags["problem"] ?? "")),
        ({ tags }) => tags["problem"] ?? "",
      );
      const counts = [...kinds]
        .map(([kind, some]) => ({ kind, count: countIn(some, window) }))
        .filter(({ count }) => count > 0);
      const others = misplaced.filter(
        (one) =>
          one.entry === entry &&
          one.by === by &&
          one.atMs >= window.fromMs &&
          one.atMs < window.untilMs,
      ).length;
      const all = others === 0 ? counts : [...counts, { kind: "misplaced", count: others }];
      const wrong = all.reduce((total, { count }) => total + count, 0);
      if (wrong < wrongMin || wrong <= wrongShareMax * looks) return [];
      const kindsSeen = all.map(({ kind, count }) => `${kind} ${count}`);
      return [{ fact: "wrong", phase, by, place: entry, wrong, looks, kinds: kindsSeen }];
    }),
  );
}

/**
 * If nearly all bodies of a variant have one known container, a body with another container is
 * wrong.
 */
function otherContainers({ plan }: Run, seen: readonly SeriesData[]): Body[] {
  return [
    ...Map.groupBy(
      seen.filter(({ tags }) => tags["problem"] === "none"),
      ({ tags }) => tags[plan.bodies?.variantTag ?? ""] ?? "",
    ),
  ].flatMap(([variant, own]): Body[] => {
    const counts = [...Map.groupBy(own, ({ tags }) => tags["container"] ?? "unknown")]
      .map(([container, some]) => ({ container, count: sizeOf(some) }))
      .sort((a, b) => b.count - a.count);
    const [most] = counts;
    const others = sizeOf(own) - (most?.count ?? 0);
    if (most === undefined || most.container === "unknown" || most.count < 0.9 * sizeOf(own))
      return [];
    return others < wrongMin || others <= wrongShareMax * sizeOf(own)
      ? []
      : [
          {
            fact: "other-container",
            variant,
            container: most.container,
            others,
            looks: sizeOf(own),
          },
        ];
  });
}

/** Claims on served bodies that hold only because some users do not inspect theirs. */
function claimsThatRest(run: Run, windows: Windows, misplaced: readonly Misplaced[]): Body[] {
  return run.plan.hypothesis
    .filter((claim) => isOnServed(run, claim))
    .flatMap((claim) =>
      claim.during.flatMap((phase): Body[] => {
        const window = windows[phase];
        const shares = window === undefined ? null : sharesOf(run, claim, window, misplaced);
        if (
          shares === null ||
          typeof claim.limit !== "number" ||
          shares.seen < claim.limit ||
          shares.least >= claim.limit
        )
          return [];
        return [{ fact: "rests-on-unseen", phase, claim: claim.title, wrongShare: shares.wrong }];
      }),
    );
}

function isOnServed({ plan: { harm } }: Run, claim: Claim): boolean {
  return (
    claim.metric === harm?.metric &&
    carries(statisticOf(claim).having(claim) ?? {}, harm.having) &&
    (claim.comparison === ">=" || claim.comparison === ">")
  );
}

function sharesOf(
  run: Run,
  claim: Claim,
  window: Window,
  misplaced: readonly Misplaced[],
): { readonly seen: number; readonly least: number; readonly wrong: number } | null {
  let [all, good, unread, looked, wrong] = [0, 0, 0, 0, 0];
  eachIn(matching(run.series, claim), window, (_ms, _startedMs, { outcome, bytes }) => {
    all++;
    if (outcome === "served") good++;
    if (bytes === "unread") unread += outcome === "served" ? 1 : 0;
    else if (outcome === "served" || outcome === "wrong") looked++;
    if (outcome === "wrong" && bytes !== "unread") wrong++;
  });
  if (all === 0 || looked === 0) return null;
  const lane = claim.where?.["lane"];
  const others = misplaced.filter(
    (one) =>
      one.by === "user" &&
      (lane === undefined || one.lane === lane) &&
      one.atMs >= window.fromMs &&
      one.atMs < window.untilMs,
  ).length;
  const share = Math.min(1, (wrong + others) / looked);
  return {
    seen: good / all,
    least: (good - Math.min(good, others) - unread * share) / all,
    wrong: share,
  };
}
