/**
 * A 200 is not a segment: what one viewer in four and the harness's own prober looked at must be whole media of a plausible size and type, another
 * for each number, and the same for the same number. What nobody looked at is taken to be as often wrong as what was looked at.
 */
import { type Container, leastBytes } from "../target/body.ts";
import { kindOf } from "../faults/faults.ts";
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Finding } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { countIn, eachIn, matching, sizeOf, type Window } from "../metrics/series.ts";
import { answer } from "./answer.ts";
import { type Misplaced, printsOf } from "./prints.ts";
import type { Windows } from "./windows.ts";
import { isVirtual } from "../record/substrates.ts";
import { streamOf } from "../target/stream.ts";

const bodiesTitle = "Bodies are segments";

/** Of the bodies that were looked at; a few may be cut by what is broken on purpose. */
const wrongShareMax = 0.01,
  wrongMin = 3;
/** From so many served segments in a phase on, somebody must have looked at one. */
const servedMin = 100;

export function bodiesAreSegments(run: Run, windows: Windows): Finding {
  if (isVirtual(run.plan.substrate))
    return answer(
      "bodies.segments",
      bodiesTitle,
      null,
      0,
      undefined,
      "a model keeps no bytes: nobody looked at any",
    );
  const seen = matching(run.series, { metric: "body_seen" });
  const prints = printsOf(run, seen);
  const problems = [
    ...Object.entries(windows).flatMap(([phase, window]) =>
      [
        ...unseen(run, seen, window),
        ...wrongIn(seen, window, prints.misplaced, fineIn(run, phase as Phase)),
      ].map((problem) => `${phase}: ${problem}`),
    ),
    ...prints.problems,
    ...otherContainers(seen),
    ...claimsThatRest(run, windows, prints.misplaced),
  ];
  const looks = sizeOf(seen);
  return answer(
    "bodies.segments",
    bodiesTitle,
    problems.length === 0 ? null : problems.join("; "),
    looks,
    undefined,
    looks === 0 ? "nobody was served any" : scopeOf(run, seen, looks),
  );
}

/** What was looked at and what was not, for a reader. */
function scopeOf({ plan }: Run, seen: readonly SeriesData[], looks: number): string {
  const stream = streamOf(plan);
  const counts = Map.groupBy(seen, ({ tags }) => tags["container"] ?? "unknown");
  const all = [...counts].map(([container, some]) => `${sizeOf(some)} ${container}`);
  const flagged = sizeOf(seen.filter(({ tags }) => tags["problem"] === "flagged"));
  const least = stream.renditions
    .map(({ name }) => `${name} ${Math.round(leastBytes(stream, name))} B`)
    .join(", ");
  return [
    `${looks} bodies looked at: ${all.join(", ")}; least sizes ${least}`,
    ...(counts.has("unknown")
      ? [
          "of unknown containers (encrypted, or not known here) only length, type, size and change were looked at",
        ]
      : []),
    ...(flagged === 0 ? [] : [`${flagged} were said to be defective`]),
    ...(stream.digestHeader === undefined
      ? ["whether they are the right bytes was not looked at, as this target sends no checksum"]
      : []),
  ].join("; ");
}

function unseen(run: Run, seen: readonly SeriesData[], window: Window): string[] {
  const served = countIn(
    matching(run.series, { metric: "segment_ms", where: { outcome: "served" } }),
    window,
  );
  const looks = countIn(matching(seen, { metric: "body_seen", where: { by: "viewer" } }), window);
  return served >= servedMin && looks === 0
    ? [`of ${served} segments that viewers were served, nobody looked at one`]
    : [];
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
  window: Window,
  misplaced: readonly Misplaced[],
  fine: ReadonlySet<string>,
): string[] {
  const who = { viewer: "viewers", prober: "the prober" };
  const edges = new Set(seen.map(({ tags }) => tags["edge"] ?? ""));
  return [...edges].flatMap((edge) =>
    (Object.keys(who) as (keyof typeof who)[]).flatMap((by) => {
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
      const all =
        others === 0 ? counts : [...counts, { kind: "of another segment", count: others }];
      const wrong = all.reduce((total, { count }) => total + count, 0);
      if (wrong < wrongMin || wrong <= wrongShareMax * looks) return [];
      return [
        `${wrong} of ${looks} bodies that ${who[by]} got from ${edge} under status 200 are not the segment asked for (${all.map(({ kind, count }) => `${kind} ${count}`).join(", ")})`,
      ];
    }),
  );
}

/** Where nearly all segments of a rendition are of one known container, what is of another is something else. */
function otherContainers(seen: readonly SeriesData[]): string[] {
  return [
    ...Map.groupBy(
      seen.filter(({ tags }) => tags["problem"] === "none"),
      ({ tags }) => tags["rendition"] ?? "",
    ),
  ].flatMap(([rendition, own]) => {
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
          `${others} of ${sizeOf(own)} bodies of ${rendition} are not ${most.container}, as the others are`,
        ];
  });
}

/** Claims on what was served that hold only because one viewer in four looks. */
function claimsThatRest(run: Run, windows: Windows, misplaced: readonly Misplaced[]): string[] {
  return run.plan.hypothesis.filter(isOnServed).flatMap((claim) =>
    claim.during.flatMap((phase) => {
      const window = windows[phase];
      const shares = window === undefined ? null : sharesOf(run, claim, window, misplaced);
      if (
        shares === null ||
        typeof claim.limit !== "number" ||
        shares.seen < claim.limit ||
        shares.least >= claim.limit
      )
        return [];
      return [
        `${phase}: "${claim.title}" would not hold if the bodies that nobody looked at are wrong as often as the others (${(100 * shares.wrong).toFixed(2)} %)`,
      ];
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
