/**
 * Finds the metrics that a k6 script creates, from its text. The stream of k6 does not contain the
 * kind of a sample, and a script cannot be imported here. A name that is composed at run time is
 * not found; its samples are kept as events.
 */
import { k6MetricNames } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";

const made =
  /\bnew\s+(?:\w+\.)?(Trend|Counter|Rate|Gauge)\(\s*(["'`])([A-Za-z_]\w{0,127})\2\s*(?:,\s*(true))?/g;

/** The variable that holds a metric; if it is exported, its uses cannot be followed. */
const held =
  /(?<!\bexport\s+)\bconst\s+(\w+)\s*=\s*new\s+(?:\w+\.)?\w+\(\s*(["'`])([A-Za-z_]\w{0,127})\2/g;

/** The harness derives other metrics from these. */
const internal = ["iteration_begun", "iteration_ended", "unasked_iterations"];

/** As in k6, a trend measures time if the script says so: `new Trend("wait_ms", true)`. */
export function metricsMadeIn(text: string): Registry {
  const found = [...text.matchAll(made)].map((match): [string, Metric] => {
    const [, type, , name, isTime] = match as unknown as [
      string,
      keyof typeof kinds,
      string,
      string,
      string?,
    ];
    const kind = type === "Trend" && isTime !== undefined ? "duration" : kinds[type];
    return [
      name,
      {
        kind,
        unit: kind === "duration" ? "ms" : "",
        source: "generator",
        tags: ["lane", "load"],
        openTags: true,
        ...(type === "Rate" ? { most: 1 } : {}),
        ...(type === "Counter" ? {} : alwaysIn(text, name)),
        meaning: `a ${type.toLowerCase()} of a workload's own`,
      },
    ];
  });
  return Object.fromEntries(
    found.filter(
      ([name]) =>
        ![...internal, ...k6MetricNames].includes(name) && !Object.hasOwn(ownMetrics, name),
    ),
  );
}

/** A sample of a rate is 0 or 1, so its mean is the rate. */
const kinds = { Trend: "event", Counter: "increment", Rate: "event", Gauge: "gauge" } as const;

const quoted = /(["'`])(?:\\.|(?!\1)[^\\])*\1/g;
const literal = /^\s*(-?\d+(?:\.\d+)?|true|false)\s*[,)]/;

/** The value that a script adds to a metric, if every call passes the same literal. */
function alwaysIn(text: string, name: string): Pick<Metric, "always"> {
  const holders = [...text.matchAll(held)].filter((match) => match[3] === name);
  const [holder] = holders.map((match) => match[1] as string);
  if (holder === undefined || holders.length > 1) return {};
  const uses = [...text.replaceAll(quoted, '""').matchAll(new RegExp(`\\b${holder}\\b`, "g"))];
  const plain = text.replaceAll(quoted, '""');
  const values = uses
    .map(({ index }) => plain.slice(index + holder.length))
    .filter((rest) => !/^\s*=[^=]/.test(rest))
    .map((rest) => literal.exec(/^\.add\(/.exec(rest) === null ? "" : rest.slice(5))?.[1]);
  const numbers = new Set(
    values.map((value) => (value === undefined ? Number.NaN : toNumber(value))),
  );
  const [only] = numbers;
  return numbers.size !== 1 || only === undefined || Number.isNaN(only) ? {} : { always: only };
}

function toNumber(value: string): number {
  return value === "true" ? 1 : value === "false" ? 0 : Number(value);
}

/** The short string literals of a script: its possible tag values, unless it composes them. */
export function stringsIn(text: string): string[] {
  return [...text.matchAll(/(["'`])([\w .:/-]{1,60})\1/g)].map((match) => match[2] as string);
}
