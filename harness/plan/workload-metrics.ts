/**
 * The metrics that a k6 script makes, from its text: k6's stream tells of no sample what kind it
 * is, and a script cannot be imported here. A name that is put together while the script runs is
 * not seen; its samples are kept all the same, as events.
 */
import { k6MetricNames } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";

const made =
  /\bnew\s+(?:\w+\.)?(Trend|Counter|Rate|Gauge)\(\s*(["'`])([A-Za-z_]\w{0,127})\2\s*(?:,\s*(true))?/g;

/** The variable that a metric is kept in, whose name nobody can follow if it is exported. */
const held =
  /(?<!\bexport\s+)\bconst\s+(\w+)\s*=\s*new\s+(?:\w+\.)?\w+\(\s*(["'`])([A-Za-z_]\w{0,127})\2/g;

/** The harness makes other metrics of these. */
const internal = ["iteration_begun", "iteration_ended", "unasked_iterations"];

/** A trend is of time when the script says so, as k6 wants it: `new Trend("wait_ms", true)`. */
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

/** Of a rate each sample is 0 or 1, so its mean is the rate. */
const kinds = { Trend: "event", Counter: "increment", Rate: "event", Gauge: "gauge" } as const;

const quoted = /(["'`])(?:\\.|(?!\1)[^\\])*\1/g;
const literal = /^\s*(-?\d+(?:\.\d+)?|true|false)\s*[,)]/;

/** What a script adds to a metric, where each time it is the same number as its text has it. */
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

/**
 * The short strings that a script is written with: what its tags can be, unless it puts them
 * together.
 */
export function stringsIn(text: string): string[] {
  return [...text.matchAll(/(["'`])([\w .:/-]{1,60})\1/g)].map((match) => match[2] as string);
}
