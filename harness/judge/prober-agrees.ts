/**
 * Compares two independent witnesses: the answers that the generator reports for users, and those
 * of the harness's own prober. Both are taken at the same entry, in the same class and within the
 * same period.
 */
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import { countIn, eachIn, matching, type Window } from "../metrics/series.ts";
import { median, type Stratum, sum, tailsOfStrata } from "../base/statistics.ts";
import { answer } from "./answer.ts";
import { isAskedAlike, isAskedEvenly } from "./asked-alike.ts";
import { entryTag } from "../metrics/tags.ts";
import { spanOf } from "./gaps.ts";
import type { Windows } from "./windows.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

/**
 * The chance that a run with honest witnesses is doubted, divided evenly among all comparisons
 * (Bonferroni). For each place, class and phase there are three: worse, better, and longer waits.
 * Probes and other requests are samples of the same moments, so an outage of any length affects
 * both alike. Only chance remains, and that is computed exactly.
 */
const doubtedChanceMax = 0.01;
const comparedEach = 3;
/**
 * An effect on one witness alone must show in this many periods to be a pattern. A smaller
 * difference of shares may be real and changes no verdict.
 */
const slotsMin = 3,
  differenceMin = 0.02;
/** A period with fewer user requests is not compared. */
const requestsMin = 5;
/**
 * Users with several entries abandon one after half their deadline, so a probe that was served
 * later says neither yes nor no.
 */
const patientMs = 1_900;
/** A user retries 250 ms after a failed answer; minus rounding. */
const retryMs = 240;
/**
 * This many "not there" answers in one period, and no body. For at least 500 ms the content is
 * missing, or this client alone does not receive it.
 */
const absentMin = 3,
  absentShareMax = 0.1;
/**
 * Waits differ if nearly all probes lie this far from the median of nearby users, on the same side.
 */
const waitDifferenceMinMs = 500,
  waitShareMin = 0.9,
  waitsMin = 6;

/** In nearly all periods the prober got nothing, and nearly all users got an answer. */
const aloneShareMin = 0.75,
  refusedShareMax = 0.02;

/** Not available yet, or no longer: expected when requesting the newest content. */
const notThere: ReadonlySet<string> = new Set(["404", "410", "425"]);

/** Observations within one period. */
interface Slot {
  probesGood: number;
  probesBad: number;
  /** Requests of users. */
  good: number;
  bad: number;
  /** Users, and those of them who were not served at once. */
  users: number;
  troubled: number;
  readonly probeMs: number[];
  readonly userMs: number[];
  /** "Not there" answers to probes and to users. */
  probesAbsent: number;
  absent: number;
}

type Disagreement = FactOf<"witnesses.prober">;
/** A disagreement without its place. */
type Apart = {
  [Id in Disagreement["fact"]]: Omit<
    Extract<Disagreement, { readonly fact: Id }>,
    "place" | "lane" | "phase"
  >;
}["answers" | "absent" | "longer-waits" | "waits" | "deserted"];

export function proberAgrees(run: Run, windows: Windows): Judged {
  const lanes = Object.keys(run.plan.askedAlike ?? {}).filter((lane) =>
    isAskedAlike(run.plan, lane),
  );
  const span = spanOf(windows);
  const spans = [
    ...Object.entries(windows),
    ...(span === null ? [] : [["all phases", span] as const]),
  ];
  // Records of earlier versions have a prober that requested older content and was recognisable by
  // that.
  const isProbed = run.series.some(
    ({ metric, tags }) => metric === "canary_ms" && tags["lane"] !== undefined,
  );
  const places = run.plan.entries;
  const problems: Disagreement[] = [];
  const compared = comparedEach * lanes.length * places.length * spans.length;
  const chanceMax = doubtedChanceMax / Math.max(1, compared);
  if (!isProbed && run.series.some(({ metric }) => metric === run.plan.harm?.metric))
    problems.push({ fact: "not-asked-alike" });
  let [probes, requests] = [0, 0];
  for (const lane of lanes) {
    for (const place of places) {
      for (const [phase, window] of spans) {
        const { slots, deserted, asked } = slotsIn(run, lane, place, window);
        const seen = sumOf(slots);
        if (window === span) [probes, requests] = [probes + asked, requests + seen.requests];
        const where = { place, lane, phase };
        if (isProbed && window !== span && asked === 0 && seen.requests >= 10 * requestsMin)
          problems.push({ fact: "no-probe", ...where, requests: seen.requests });
        const problem: Apart | null =
          differentAnswers(slots, chanceMax) ??
          absentForOne(slots) ??
          longerWaits(slots, chanceMax) ??
          differentWaits(slots) ??
          (isAskedEvenly(run.plan, lane) ? badWithoutUsers(deserted) : null);
        // A difference in one phase must show in all of them.
        if (
          problem !== null &&
          !(
            window === span &&
            problems.some((one) => "place" in one && one.place === place && one.lane === lane)
          )
        )
          problems.push({ ...problem, ...where });
      }
    }
  }
  problems.push(...refusedAlone(run, windows));
  const remarks: readonly Disagreement[] = [
    requests === 0 ? { fact: "nothing-compared" } : { fact: "compared", probes, requests },
  ];
  return answer("witnesses.prober", problems, { samples: probes, remarks });
}

/**
 * Users who ask for other content than the prober may fare better or worse. They do not all get
 * answers, period after period, from an entry that serves the prober nothing. Of several classes,
 * only the most protected is compared: of the others, what is popular may be served alone.
 */
function refusedAlone(run: Run, windows: Windows): Disagreement[] {
  const { plan } = run;
  const lanes = new Set(plan.load.map(({ lane }) => lane));
  const compared = [...lanes].filter(
    (lane) =>
      !isAskedAlike(plan, lane) && (plan.harm === undefined || plan.harm.classes[0]?.lane === lane),
  );
  return compared.flatMap((lane) =>
    plan.entries.flatMap((place) =>
      Object.entries(windows).flatMap(([phase, window]): Disagreement[] => {
        const { slots } = slotsIn(run, lane, place, window);
        const probed = slots.filter(({ probesGood, probesBad }) => probesGood + probesBad > 0);
        const alone = probed.filter(
          ({ probesGood, good, bad }) =>
            probesGood === 0 && good >= requestsMin && bad <= refusedShareMax * (good + bad),
        );
        if (alone.length < Math.max(slotsMin, aloneShareMin * probed.length)) return [];
        const { probes, probesBad, requests, bad } = sumOf(alone);
        return [
          {
            fact: "answers",
            place,
            lane,
            phase,
            probes,
            probesFailed: probesBad,
            requests,
            requestsFailed: Math.round(bad),
          },
        ];
      }),
    ),
  );
}

/** `deserted`: periods in which the prober sent requests and hardly any user did. */
function slotsIn(
  run: Run,
  lane: string,
  entry: string,
  window: Window,
): { readonly slots: readonly Slot[]; readonly deserted: readonly Slot[]; readonly asked: number } {
  const periodMs = rhythmMsOf(run.plan);
  const zeroMs = run.plan.rhythm?.zeroMs ?? 0;
  const slots = new Map<number, Slot>();
  const slotAt = (startedMs: number): Slot => {
    const key = Math.floor((startedMs - zeroMs) / periodMs);
    const slot = slots.get(key) ?? {
      probesGood: 0,
      probesBad: 0,
      good: 0,
      bad: 0,
      users: 0,
      troubled: 0,
      probeMs: [],
      userMs: [],
      probesAbsent: 0,
      absent: 0,
    };
    slots.set(key, slot);
    return slot;
  };
  let asked = 0;
  eachIn(
    matching(run.series, { metric: "canary_ms", where: { [entryTag]: entry, lane } }),
    window,
    (ms, startedMs, { outcome = "" }) => {
      asked++;
      const slot = slotAt(startedMs);
      if (notThere.has(outcome)) {
        slot.probesAbsent++;
        return;
      }
      if (outcome === "served") slot.probeMs.push(ms);
      if (outcome !== "served") slot.probesBad++;
      else if (ms <= patientMs) slot.probesGood++;
    },
  );
  const wrongShare = wrongShareIn(run, lane, entry, window);
  eachIn(
    matching(run.series, { metric: run.plan.harm?.metric ?? "", where: { lane } }),
    window,
    (ms, startedMs, { outcome, home, [entryTag]: last }) => {
      if ((home ?? last) !== entry) return;
      const slot = slotAt(startedMs);
      slot.users++;
      slot.troubled +=
        (outcome === "served" || outcome === "wrong") && ms < retryMs ? wrongShare : 1;
    },
  );
  eachIn(
    matching(run.series, { metric: "http_req_ms", where: { [entryTag]: entry, lane } }),
    window,
    (ms, startedMs, { status = "" }) => {
      const slot = slotAt(startedMs);
      if (notThere.has(status)) {
        slot.absent++;
        return;
      }
      if (status !== "200") slot.bad++;
      else {
        slot.good += 1 - wrongShare;
        slot.bad += wrongShare;
        slot.userMs.push(ms);
      }
    },
  );
  const all = [...slots.values()];
  const isAsked = ({ good, bad }: Slot): boolean => Math.round(good + bad) > 0;
  return {
    slots: all.filter(isAsked),
    deserted: all.filter((slot) => !isAsked(slot) && slot.absent === 0),
    asked,
  };
}

/** Of the bodies that users of an entry inspected, as the prober inspects its own. */
function wrongShareIn(run: Run, lane: string, entry: string, window: Window): number {
  const looks = matching(run.series, {
    metric: run.plan.bodies?.looks ?? "",
    where: { [entryTag]: entry, lane, by: "user" },
  });
  const looked = countIn(looks, window);
  const fine = looks.filter(
    ({ tags }) => tags["problem"] === "none" || tags["problem"] === "flagged",
  );
  return looked === 0 ? 0 : 1 - countIn(fine, window) / looked;
}

interface Totals {
  readonly probes: number;
  readonly probesBad: number;
  readonly requests: number;
  readonly bad: number;
}

function sumOf(slots: readonly Slot[]): Totals {
  return slots.reduce<Totals>(
    (all, slot) => ({
      probes: all.probes + slot.probesGood + slot.probesBad,
      probesBad: all.probesBad + slot.probesBad,
      requests: all.requests + Math.round(slot.good + slot.bad),
      bad: all.bad + slot.bad,
    }),
    { probes: 0, probesBad: 0, requests: 0, bad: 0 },
  );
}

function differentAnswers(slots: readonly Slot[], chanceMax: number): Apart | null {
  const probed = slots.filter(({ probesGood, probesBad }) => probesGood + probesBad > 0);
  const { probes, probesBad, requests, bad } = sumOf(probed);
  if (probes === 0) return null;
  // A refused user retries, and one without content retries often. So requests and users may show
  // different shares, and the one closer to the prober's counts.
  const isWorse = isFar(probed, Math.max, 1, chanceMax);
  const isBetter = isFar(probed, Math.min, -1, chanceMax);
  if (!isWorse && !isBetter) return null;
  return {
    fact: "answers",
    probes,
    probesFailed: probesBad,
    requests,
    requestsFailed: Math.round(bad),
  };
}

function isFar(
  probed: readonly Slot[],
  nearer: (a: number, b: number) => number,
  sign: 1 | -1,
  chanceMax: number,
): boolean {
  const slots = probed.map(({ probesGood, probesBad, good, bad, users, troubled }): Stratum => {
    const byRequests = { bad: Math.round(bad), all: Math.round(good + bad) },
      // A slow user may have asked twice; at most as many did as there were bad answers.
      byUsers = { bad: Math.round(Math.min(troubled, bad)), all: users };
    const share = ({ bad: some, all }: { readonly bad: number; readonly all: number }): number =>
      (some + 1) / (all + 2);
    const around =
      users === 0 || nearer(share(byRequests), share(byUsers)) === share(byRequests)
        ? byRequests
        : byUsers;
    return { ...around, probes: probesGood + probesBad, probesBad };
  });
  return areFar(slots, sign, chanceMax);
}

function areFar(slots: readonly Stratum[], sign: 1 | -1, chanceMax: number): boolean {
  const differences = slots.map(({ bad, all, probes, probesBad }) => ({
    by: sign * (probesBad - (probes * bad) / all),
    probes,
  }));
  const probes = sum(differences.map((one) => one.probes));
  const far = differences.filter(({ by }) => by >= 0.5);
  if (sum(differences.map(({ by }) => by)) < differenceMin * probes || far.length < slotsMin)
    return false;
  const { atLeast, atMost } = tailsOfStrata(slots);
  return (sign === 1 ? atLeast : atMost) < chanceMax;
}

/** For at least three periods the prober received only "not there", while almost no user did. */
function absentForOne(slots: readonly Slot[]): Apart | null {
  const alone = slots.filter(
    ({ probesGood, probesAbsent, good, bad, absent }) =>
      probesGood === 0 &&
      probesAbsent >= absentMin &&
      good + bad >= requestsMin &&
      absent <= absentShareMax * (good + bad + absent),
  );
  if (alone.length < slotsMin) return null;
  return {
    fact: "absent",
    probes: sum(alone.map(({ probesAbsent }) => probesAbsent)),
    periods: alone.length,
    served: Math.round(sum(alone.map(({ good }) => good))),
  };
}

/**
 * By chance, a probe is the slowest of its neighbours as often as any of them. Half a second more
 * than the slowest user, and twice as long, is more than chance.
 */
function longerWaits(slots: readonly Slot[], chanceMax: number): Apart | null {
  const asked = slots
    .filter(({ probeMs, userMs }) => probeMs.length > 0 && userMs.length >= requestsMin)
    .map(({ probeMs, userMs }) => {
      const longest = userMs.reduce((a, b) => Math.max(a, b), 0);
      return {
        far: probeMs.filter((ms) => ms - longest >= waitDifferenceMinMs && ms >= 2 * longest),
        probeMs,
        userMs,
      };
    });
  if (
    !areFar(
      asked.map(({ far, probeMs, userMs }) => ({
        bad: 0,
        all: userMs.length,
        probes: probeMs.length,
        probesBad: far.length,
      })),
      1,
      chanceMax,
    )
  )
    return null;
  const far = asked.flatMap((slot) => slot.far);
  return {
    fact: "longer-waits",
    longer: far.length,
    probes: asked.flatMap(({ probeMs }) => probeMs).length,
    medianMs: Math.round(median(far)),
  };
}

/**
 * An entry served only the prober's requests, and badly: users who avoid a broken entry are not the
 * planned audience.
 */
function badWithoutUsers(deserted: readonly Slot[]): Apart | null {
  const broken = deserted.filter(
    ({ probesGood, probesBad, probesAbsent }) =>
      probesBad > 0 || (probesGood === 0 && probesAbsent >= absentMin),
  );
  return broken.length < slotsMin ? null : { fact: "deserted", periods: broken.length };
}

function differentWaits(slots: readonly Slot[]): Apart | null {
  const pairs = slots
    .filter(({ userMs }) => userMs.length >= requestsMin)
    .flatMap(({ probeMs, userMs }) => {
      const aroundMs = median(userMs);
      return probeMs.map((ms) => ({ ms, aroundMs }));
    });
  if (pairs.length < waitsMin) return null;
  for (const sign of [1, -1]) {
    const far = pairs.filter(
      ({ ms, aroundMs }) =>
        sign * (ms - aroundMs) >= waitDifferenceMinMs &&
        Math.abs(ms - aroundMs) >= 0.5 * Math.max(ms, aroundMs),
    );
    if (far.length >= waitShareMin * pairs.length) {
      return {
        fact: "waits",
        proberMs: Math.round(median(pairs.map(({ ms }) => ms))),
        usersMs: Math.round(median(pairs.map(({ aroundMs }) => aroundMs))),
      };
    }
  }
  return null;
}
