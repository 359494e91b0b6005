/** The body of one `POST /v1/metrics`: the resource of a run, and its metrics by name. */
import { type Attribute, attributesOf, type Metric } from "./points.ts";

export interface ExportRequest {
  readonly resourceMetrics: readonly [
    {
      readonly resource: { readonly attributes: readonly Attribute[] };
      readonly scopeMetrics: readonly [
        { readonly scope: { readonly name: "seawall" }; readonly metrics: readonly Metric[] },
      ];
    },
  ];
}

/** The part of a plan that tells one run from another. */
export interface Subject {
  readonly experiment: string;
  readonly target: string;
  readonly topology: string;
  readonly substrate: string;
  readonly without: readonly string[];
}

export function resourceOf(
  runId: string,
  { experiment, target, topology, substrate, without }: Subject,
  more: Readonly<Record<string, string>> = {},
): readonly Attribute[] {
  return attributesOf({
    "service.name": "seawall",
    "service.instance.id": runId,
    "seawall.experiment": experiment,
    "seawall.target": target,
    "seawall.topology": topology,
    "seawall.substrate": substrate,
    "seawall.without": without.join(","),
    ...more,
  });
}

/** Series of one name become one metric with all their points. Null without any. */
export function requestOf(
  attributes: readonly Attribute[],
  parts: readonly Metric[],
): ExportRequest | null {
  if (parts.length === 0) return null;
  const byName = Map.groupBy(parts, ({ name }) => name);
  const metrics = [...byName.values()].map(merged);
  return {
    resourceMetrics: [
      { resource: { attributes }, scopeMetrics: [{ scope: { name: "seawall" }, metrics }] },
    ],
  };
}

function merged(parts: readonly Metric[]): Metric {
  const [first] = parts as [Metric];
  const { name, unit, description } = first;
  if (first.histogram !== undefined)
    return {
      name,
      unit,
      description,
      histogram: {
        aggregationTemporality: 2,
        dataPoints: parts.flatMap((part) => part.histogram?.dataPoints ?? []),
      },
    };
  if (first.gauge !== undefined)
    return {
      name,
      unit,
      description,
      gauge: { dataPoints: parts.flatMap((part) => part.gauge?.dataPoints ?? []) },
    };
  return {
    name,
    unit,
    description,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: parts.flatMap((part) => part.sum?.dataPoints ?? []),
    },
  };
}
