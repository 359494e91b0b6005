/**
 * The parts of an OTLP request. Format:
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface Point {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}
export type NumberPoint = Point & { readonly asDouble: number };
export type HistogramPoint = Point & {
  readonly count: string;
  readonly sum: number;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
};

export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly sum?: {
    readonly aggregationTemporality: 2;
    readonly isMonotonic: true;
    readonly dataPoints: readonly NumberPoint[];
  };
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly histogram?: {
    readonly aggregationTemporality: 2;
    readonly dataPoints: readonly HistogramPoint[];
  };
}

export function attributesOf(tags: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(tags)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => ({ key, value: { stringValue: value } }));
}

/** Epoch ms → epoch ns as decimal text, which JSON numbers cannot hold exactly. */
export function nano(atMs: number): string {
  return `${Math.round(atMs * 1_000)}000`;
}
