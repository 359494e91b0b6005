/**
 * A 200 is not yet what was asked for: what some users and the harness's own prober looked at must
 * be whole, of a plausible size and type, another for each number, and the same for the same
 * number. What nobody looked at is taken to be as often wrong as what was looked at.
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

/** Of the bodies that were looked at; a few may be cut by what is broken on purpose. */
const wrongShareMax = 0.01,
  wrongMin = 3;
/** From so many served ones in a phase on, somebody must have looked at one. */
const servedMin = 100;

type Body = FactOf<"bodies.right">;

export function bodiesAreRight(run: Run, windows: Windows): Judged {
  const id = "bodies.right";
  if (isVirtual(run.plan.substrate)) return answer(id, [], { remarks: [{ fact: "model" }] });
  // Whose pack says nothing of bodies has none that anybody could look at: an API, say.
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

/** What was looked at and what was not, for a reader. */
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

/** What users were given, by that by which they are harmed. */
function goodOf({ plan: { harm }, series }: Run): readonly SeriesData[] {
  return harm === undefined ? [] : matching(series, { metric: harm.metric, where: harm.having });
}

function unseen(run: Run, seen: readonly SeriesData[], phase: string, window: Window): Body[] {
  const served = countIn(goodOf(run), window);
  const looks = countIn(lookedAt(seen, { by: "user" }), window);
  return served >= servedMin && looks === 0 ? [{ fact: "none-seen", phase, served }] : [];
}

/**
 * A header that calls a body defective excuses nothing by itself, or a target could excuse
 * everything. It does once a fault of the plan spoils bodies, and from then on: who watches what is
 * past comes upon them later.
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
 * Where nearly all bodies of a variant are of one known container, what is of another is something
 * else.
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

/** Claims on what was served that hold only because not every user looks. */
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
