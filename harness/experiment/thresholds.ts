/**
 * Thresholds of a k6 script as claims. k6 judges them over a whole test; a claim is judged in each
 * phase. What means something else then is refused, with the reason.
 */
import { phases } from "../base/phases.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Tags } from "../metrics/tags.ts";

/** As k6 has them. */
export type K6Kind = "trend" | "counter" | "rate" | "gauge";

interface Claimed {
  readonly claims: readonly Claim[];
  readonly problems: readonly string[];
}

const number = "\\d+(?:\\.\\d+)?";
const aggregates = `avg|min|max|med|count|rate|value|p\\(\\s*(${number})\\s*\\)`;
const expression = new RegExp(`^\\s*(${aggregates})\\s*(<=|>=|<|>|===?|!=)\\s*(-?${number})\\s*$`);
/** k6 can put them on each sample; a run records `status` and the name of the scenario alone. */
const notRecorded = [
  "check",
  "error",
  "error_code",
  "expected_response",
  "group",
  "ip",
  "iter",
  "method",
  "name",
  "ocsp_status",
  "proto",
  "service",
  "subproto",
  "tls_version",
  "url",
  "vu",
];
/** As the record has them. */
const renamed: Readonly<Record<string, string>> = { scenario: "load" };
const quantiles = ["50", "90", "95", "99"];

/** `kindOf`: null for a metric that nothing makes. `script`: its name, for people. */
export function claimsOfThresholds(
  thresholds: unknown,
  script: string,
  kindOf: (metric: string) => K6Kind | null,
): Claimed {
  if (typeof thresholds !== "object" || thresholds === null) return { claims: [], problems: [] };
  const all = Object.entries(thresholds).flatMap(([selector, given]) =>
    (Array.isArray(given) ? given : [given]).map((one) => claimOf(selector, one, script, kindOf)),
  );
  return {
    claims: all.filter((one) => typeof one !== "string"),
    problems: all.filter((one) => typeof one === "string"),
  };
}

/** Or why there is none. */
function claimOf(
  selector: string,
  given: unknown,
  script: string,
  kindOf: (metric: string) => K6Kind | null,
): Claim | string {
  const { threshold, abortOnFail } = (
    typeof given === "string" ? { threshold: given } : (given ?? {})
  ) as { threshold?: unknown; abortOnFail?: unknown };
  const text = typeof threshold === "string" ? threshold : JSON.stringify(given);
  const says = `threshold ${selector}: ${text}`;
  const refuse = (reason: string): string => `${says}: ${reason}`;
  if (abortOnFail === true) return refuse("say what ends a run in abortWhen, not by abortOnFail");
  const found = typeof threshold === "string" ? expression.exec(threshold) : null;
  const named = /^([A-Za-z_]\w*)(?:\{(.*)\})?$/.exec(selector);
  if (found === null || named === null) return refuse("it is not of k6's form");
  const [, aggregate = "", percentile, comparison = "", limit] = found;
  const metric = named[1] as string;
  const kind = kindOf(metric);
  if (kind === null) return refuse("nothing makes this metric");
  if (comparison === "!=") return refuse("no claim says that something is not equal");
  const where = tagsIn(named[2] ?? "");
  const lost = Object.keys(where).find((tag) => notRecorded.includes(tag));
  if (lost !== undefined)
    return refuse(`the tag ${lost} is not recorded; give the samples a tag of the script's own`);
  const statistic = statisticOf(kind, aggregate, percentile);
  if (statistic.name === null) return refuse(statistic.why);
  return {
    id: slug(`threshold ${selector} ${threshold as string}`),
    title: `${selector}: ${(threshold as string).trim()} (threshold of ${script})`,
    metric,
    ...(Object.keys(where).length === 0 ? {} : { where }),
    statistic: statistic.name,
    comparison: comparison === "===" ? "==" : comparison,
    limit: Number(limit),
    during: [...phases],
    samplesMin: kind === "counter" ? 1 : 20,
  } as Claim;
}

type Found = { readonly name: string } | { readonly name: null; readonly why: string };

function statisticOf(kind: K6Kind, aggregate: string, percentile: string | undefined): Found {
  const none = (why: string): Found => ({ name: null, why });
  switch (kind) {
    case "counter":
      return aggregate === "rate"
        ? { name: "rate" }
        : none("a total over the whole test says nothing of a phase; use its rate, or claim a sum");
    case "gauge":
      return none("the last value of a test says nothing of a phase; claim its max");
    case "rate":
      return { name: "mean" };
    case "trend": {
      const names: Readonly<Record<string, string>> = { avg: "mean", med: "p50", max: "max" };
      if (percentile === undefined)
        return names[aggregate] === undefined
          ? none(`no claim is about the ${aggregate} of a trend`)
          : { name: names[aggregate] };
      return quantiles.includes(percentile)
        ? { name: `p${percentile}` }
        : none(`the quantiles of claims are ${quantiles.join(", ")}`);
    }
  }
}

function tagsIn(text: string): Tags {
  return Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair.includes(":"))
      .map((pair) => {
        const at = pair.indexOf(":");
        const name = pair.slice(0, at).trim();
        return [renamed[name] ?? name, pair.slice(at + 1).trim()];
      }),
  );
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("<=", " at most ")
    .replaceAll(">=", " at least ")
    .replaceAll("<", " below ")
    .replaceAll(">", " above ")
    .replaceAll("=", " is ")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
