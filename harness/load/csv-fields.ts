/** The fields of a line of the CSV stream of k6: names, numbers and tags. */
import type { Metric } from "../metrics/metrics.ts";

/** The fields of a CSV line; one with a comma or a quote is quoted (RFC 4180). */
export function fieldsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
}

/** Tags that the harness sets itself. */
const reserved = new Set(["load", "of", "why", "status"]);

/**
 * Parses `lane=order&entry=front`: k6 joins tags without escaping, in any order. A value with
 * `&` could look like other tags, so a metric with declared tags keeps only those, each once.
 */
export function tagsOf(
  text: string,
  metric: string,
  declared: Metric | undefined,
): Readonly<Record<string, string>> | string {
  const tags: Record<string, string> = {};
  for (const pair of text === "" ? [] : text.split("&")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, at));
    const isDeclared =
      declared === undefined || declared.openTags === true || declared.tags.includes(name);
    if (!isDeclared || reserved.has(name))
      return `${metric} carries a tag that it does not declare: ${pair.slice(0, 40)}`;
    if (Object.hasOwn(tags, name)) return `${metric} carries the tag ${name} twice`;
    tags[name] = pair.slice(at + 1);
  }
  return tags;
}

/** The number of the virtual user, from the sample's metadata; null if absent. */
export function userOf(bytes: Buffer, from: number, end: number): number | null {
  if (end - from < 4 || bytes[from] !== 118 || bytes[from + 1] !== 117 || bytes[from + 2] !== 61)
    return null;
  const user = micros(bytes, from + 3, end);
  return Number.isNaN(user) ? null : user;
}

export function micros(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  if (end <= from) return Number.NaN;
  for (let i = from; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
