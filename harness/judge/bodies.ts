/**
 * A 200 is not a segment: what one viewer in four and the harness's own prober looked at must be whole media of a plausible size and type, another
 * for each number, and the same for the same number. What nobody looked at is taken to be as often wrong as what was looked at.
 */
import { type Container, leastBytes } from "../target/body.ts";
import { kindOf } from "../faults/faults.ts";
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, eachIn, matching, sizeOf, type Window } from "../metrics/series.ts";
import { answer } from "./answer.ts";
import { type Misplaced, printsOf } from "./prints.ts";
import type { Windows } from "./windows.ts";
import { isVirtual } from "../record/substrates.ts";
import { streamOf } from "../target/stream.ts";

/** Of the bodies that were looked at; a few may be cut by what is broken on purpose. */
const wrongShareMax = 0.01,
  wrongMin = 3;
/** From so many served segments in a phase on, somebody must have looked at one. */
const servedMin = 100;

type Body = FactOf<"bodies.segments">;

export function bodiesAreSegments(run: Run, windows: Windows): Judged {
  const id = "bodies.segments";
  if (isVirtual(run.plan.substrate)) return answer(id, [], { remarks: [{ fact: "model" }] });
  const seen = matching(run.series, { metric: "body_seen" });
  const prints = printsOf(run, seen);
  const problems: Body[] = [
    ...Object.entries(windows).flatMap(([phase, window]) => [
      ...unseen(run, seen, phase, window),
      ...wrongIn(seen, phase, window, prints.misplaced, fineIn(run, phase as Phase)),
    ]),
    ...prints.problems,
    ...otherContainers(seen),
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
  const stream = streamOf(plan);
  const counts = Map.groupBy(seen, ({ tags }) => tags["container"] ?? "unknown");
  const flagged = sizeOf(seen.filter(({ tags }) => tags["problem"] === "flagged"));
  return [
    {
      fact: "looked",
      looks,
      containers: [...counts].map(([container, some]) => `${container} ${sizeOf(some)}`),
      leastBytes: stream.renditions.map(
        ({ name }) => `${name} ${Math.round(leastBytes(stream, name))}`,
      ),
    },
    ...(counts.has("unknown") ? [{ fact: "unknown-containers" } as const] : []),
    ...(flagged === 0 ? [] : [{ fact: "flagged", count: flagged } as const]),
    ...(stream.digestHeader === undefined ? [{ fact: "no-checksum" } as const] : []),
  ];
}

function unseen(run: Run, seen: readonly SeriesData[], phase: string, window: Window): Body[] {
  const served = countIn(
    matching(run.series, { metric: "segment_ms", where: { outcome: "served" } }),
    window,
  );
  const looks = countIn(matching(seen, { metric: "body_seen", where: { by: "viewer" } }), window);
  return served >= servedMin && looks === 0 ? [{ fact: "none-seen", phase, served }] : [];
}

/**
 * A header that calls a segment defective excuses nothing by itself, or a target could excuse everything. It does once a fault of the plan
 * spoils segments, and from then on: who watches what is past comes upon them later.
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
  const edges = new Set(seen.map(({ tags }) => tags["edge"] ?? ""));
  return [...edges].flatMap((edge) =>
    (["viewer", "prober"] as const).flatMap((by): Body[] => {
      const own = matching(seen, { metric: "body_seen", where: { edge, by } });
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
          one.edge === edge &&
          one.by === by &&
          one.atMs >= window.fromMs &&
          one.atMs < window.untilMs,
      ).length;
      const all = others === 0 ? counts : [...counts, { kind: "misplaced", count: others }];
      const wrong = all.reduce((total, { count }) => total + count, 0);
      if (wrong < wrongMin || wrong <= wrongShareMax * looks) return [];
      const kindsSeen = all.map(({ kind, count }) => `${kind} ${count}`);
      return [{ fact: "wrong", phase, by, place: edge, wrong, looks, kinds: kindsSeen }];
    }),
  );
}

/** Where nearly all segments of a rendition are of one known container, what is of another is something else. */
function otherContainers(seen: readonly SeriesData[]): Body[] {
  return [
    ...Map.groupBy(
      seen.filter(({ tags }) => tags["problem"] === "none"),
      ({ tags }) => tags["rendition"] ?? "",
    ),
  ].flatMap(([rendition, own]): Body[] => {
    const counts = [...Map.groupBy(own, ({ tags }) => tags["container"] as Container)]
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
            variant: rendition,
            container: most.container,
            others,
            looks: sizeOf(own),
          },
        ];
  });
}

/** Claims on what was served that hold only because one viewer in four looks. */
function claimsThatRest(run: Run, windows: Windows, misplaced: readonly Misplaced[]): Body[] {
  return run.plan.hypothesis.filter(isOnServed).flatMap((claim) =>
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

function isOnServed(claim: Claim): boolean {
  return (
    claim.metric === "segment_ms" &&
    statisticOf(claim).having(claim)?.["outcome"] === "served" &&
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
      one.by === "viewer" &&
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
