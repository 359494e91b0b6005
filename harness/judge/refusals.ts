/**
 * What became of a user does not tell how often it was refused: most are served at a later try. A
 * claim that users are never refused is therefore asked of their requests, too.
 */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import { asksForMore } from "../claims/statistics/statistic.ts";
import { metricIn, type Registry } from "../metrics/metrics.ts";
import type { Selector } from "../metrics/samples.ts";
import { carries } from "../metrics/series.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Plan } from "../record/plan.ts";
import type { Judged } from "../record/verdict.ts";
import type { Harm } from "../target/harm.ts";
import { compare } from "./claims.ts";

/** A claim that holds of users, and not of their requests, is inconclusive. */
export function confirmedByRequests(
  { harm, metrics }: Pick<Plan, "harm" | "metrics">,
  claim: Claim,
  judged: (claim: Claim) => Judged,
): Judged {
  const found = judged(claim);
  const asked = found.status === "held" ? askedOfRequests(claim, harm, metrics) : null;
  const observed = asked === null ? null : judged(asked).observed;
  return observed === null || compare(observed, claim.comparison, 0)
    ? found
    : {
        ...found,
        status: "inconclusive",
        values: [{ fact: "refused-on-the-way", observed, unit: found.unit }],
      };
}

/** The same claim about single requests; null if the claim does not say "never refused". */
export function askedOfRequests(
  claim: Claim,
  harm: Harm | undefined,
  registry: Registry,
): Claim | null {
  const refusal = harm?.refusal;
  if (harm === undefined || refusal === undefined) return null;
  if (claim.limit !== 0 || asksForMore(claim)) return null;
  const { having, others } = statisticOf(claim);
  const known = new Set(metricIn(registry, refusal.requests.metric)?.tags);
  const moved = ({ metric, where = {} }: Selector, added: Tags): Selector | null => {
    const rest = without(where, refusal.having);
    // A tag that requests lack cannot select among them.
    return metric === harm.metric && Object.keys(rest).every((tag) => known.has(tag))
      ? { metric: refusal.requests.metric, where: { ...rest, ...added } }
      : null;
  };
  const { where } = refusal.requests;
  const counted = having(claim);
  if (counted !== null) {
    const all = moved(claim, {});
    return all !== null && same(counted, refusal.having)
      ? replaced(claim, all, new Map([[counted, where]]))
      : null;
  }
  const isRefusal = ({ where: tags = {} }: Selector): boolean => carries(tags, refusal.having);
  const selectors = [claim, ...others(claim)];
  if (!selectors.every(isRefusal)) return null;
  const [requests, ...rest] = selectors.map((one) => moved(one, where));
  if (requests === null || requests === undefined || rest.includes(null)) return null;
  return replaced(claim, requests, new Map(others(claim).map((one, at) => [one, rest[at]])));
}

function replaced(claim: Claim, requests: Selector, to: ReadonlyMap<unknown, unknown>): Claim {
  const fields = Object.entries(claim).map(([key, value]) => [key, to.get(value) ?? value]);
  return { ...(Object.fromEntries(fields) as unknown as Claim), ...requests };
}

function same(one: Tags, other: Tags): boolean {
  return carries(one, other) && carries(other, one);
}

function without(tags: Tags = {}, omitted: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([tag]) => !Object.hasOwn(omitted, tag)));
}
