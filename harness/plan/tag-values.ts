/**
 * The possible values of a tag in a run of one target: those of a closed list, those of its layout,
 * or any.
 */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import { editDistance, nearest, unknownName } from "../base/nearest.ts";
import type { Pack } from "../target/pack.ts";
import { type Metric, metricIn, type Registry } from "../metrics/metrics.ts";
import { type Layout, metricsReadFrom } from "../target/layout.ts";

/** Null: any value can occur. */
export type TagValues = (metric: string, tag: string) => readonly string[] | null;

/** An HTTP status in k6's format: three digits, or 0 without an answer. */
const statuses = ["200", "503", "0", ...Array.from({ length: 500 }, (_, at) => String(100 + at))];
const outcomesOfProber = ["served", "failed", ...statuses, "wrong"];

/** Without a layout, only closed lists are known. */
export function valuesIn(layout: Layout | null, registry: Registry, pack?: Pack): TagValues {
  const memory = new Map<string, readonly string[] | null>();
  return (metric, tag) => {
    const key = `${metric} ${tag}`;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const values = valuesOf(metric, tag, layout, registry, pack);
    memory.set(key, values);
    return values;
  };
}

function valuesOf(
  metric: string,
  tag: string,
  layout: Layout | null,
  registry: Registry,
  pack: Pack | undefined,
): readonly string[] | null {
  const known = metricIn(registry, metric);
  if (known === undefined) return null;
  const ofPack = layout === null ? undefined : pack?.tagValues?.(metric, tag, known, layout);
  if (ofPack !== undefined) return ofPack;
  const closed =
    known.values !== undefined && Object.hasOwn(known.values, tag) ? known.values[tag] : undefined;
  if (closed !== undefined) return closed;
  if (tag === "status") return statuses;
  if (known.source === "prober" && tag === "outcome") return outcomesOfProber;
  if (layout === null) return null;
  const entries = layout.entries.map(({ service }) => service);
  switch (tag) {
    case entryTag:
      if (known.source === "service") return null;
      return known.source === "reader" ? readFrom(layout, known) : entries;
    case "service":
      return servicesOf(metric, known, layout);
    default:
      return null;
  }
}

/** The services from which the metric is read. */
function readFrom({ services }: Layout, { needs }: Metric): string[] {
  const kinds: readonly string[] = needs?.telemetry ?? [];
  return services
    .filter(({ telemetry }) => telemetry.some(({ kind }) => kinds.includes(kind)))
    .map(({ name }) => name);
}

function servicesOf(metric: string, known: Metric, layout: Layout): readonly string[] {
  if (known.source === "reader") return readFrom(layout, known);
  if (known.source === "harness")
    return [...layout.services.map(({ name }) => name), "k6", "seawall"];
  return layout.services
    .filter(({ telemetry }) => telemetry.some((one) => metricsReadFrom(one).includes(metric)))
    .map(({ name }) => name);
}

/** Reports a misspelt value: it selects nothing, and no samples are easily below a limit. */
export function valueProblems(metric: string, tags: Tags, values: TagValues): string[] {
  return Object.entries(tags).flatMap(([tag, value]) => {
    const known = values(metric, tag);
    if (known === null || known.includes(value)) return [];
    const what = `value of ${metric}'s tag ${tag}`;
    return [
      tag === "status"
        ? `unknown ${what} "${value}": a status is three digits, or 0 for no answer`
        : unknownName(
            what,
            value,
            known.filter((one) => !statuses.includes(one)),
          ),
    ];
  });
}

/** A claim with an upper limit that counts samples of an unlisted tag value. */
interface Unlisted {
  readonly claim: Claim;
  readonly tag: string;
  readonly value: string;
}

function unlistedIn(claims: readonly Claim[], values: TagValues): Unlisted[] {
  return claims.flatMap((claim) => {
    const { metric, comparison, limit } = claim;
    const isUpper = comparison === "<" || comparison === "<=" || limit === 0;
    return Object.entries(isUpper ? (statisticOf(claim).having(claim) ?? {}) : {})
      .filter(([tag]) => values(metric, tag) === null)
      .map(([tag, value]) => ({ claim, tag, value }));
  });
}

/**
 * The string of a script that a value was probably meant to be: one typing error away, or two for a
 * long one.
 */
function meantBy(value: string, strings: readonly string[]): string | null {
  const near = nearest(value, strings);
  return near !== null && editDistance(value, near) <= (value.length >= 6 ? 2 : 1) ? near : null;
}

/**
 * Misspelt values: they count nothing, and nothing is under any limit. For a tag without listed
 * values, the scripts are searched. A value that they contain is accepted; one that is a typing
 * error away from one of theirs is refused.
 */
export function misspeltValues(
  claims: readonly Claim[],
  values: TagValues,
  strings: readonly string[],
): { readonly claim: Claim; readonly why: string }[] {
  return unlistedIn(claims, values).flatMap(({ claim, tag, value }) => {
    const meant = strings.includes(value) ? null : meantBy(value, strings);
    if (meant === null) return [];
    return [{ claim, why: `no script has ${tag} "${value}"; did you mean "${meant}"?` }];
  });
}

/** Values that can be neither accepted nor refused; the plan notes them. */
export function unlistedValues(
  claims: readonly Claim[],
  values: TagValues,
  strings: readonly string[],
): string[] {
  return unlistedIn(claims, values)
    .filter(({ value }) => !strings.includes(value))
    .map(
      ({ claim: { title, metric }, tag, value }) =>
        `"${title}" counts ${metric} with ${tag} "${value}"; ` +
        `the pack lists no values of ${tag}, so a misspelt one would hold`,
    );
}
