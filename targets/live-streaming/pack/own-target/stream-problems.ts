/**
 * Validates the description of a stream at run time, one line per problem, because no compiler may
 * have checked its types.
 */
import { z } from "zod";
import { repeated } from "../../../../harness/base/lists.ts";
import { unknownName } from "../../../../harness/base/nearest.ts";
import { linesOf } from "../../../../harness/target/own-target-problems.ts";
import { placeholders, segmentPath as addressOf, type Stream } from "../stream/stream.ts";

const share = z.number().min(0).max(1);
const rendition = z.strictObject({
  name: z.string().regex(/^[^/?\p{C}]+$/u, 'a name without "/" and "?"'),
  kind: z.enum(["video", "audio"]),
  bitsPerSecond: z.number().min(1_000, "bits per second, not kilobits: at least 1000"),
  leastBytesShare: share.optional(),
  sameAs: z.string().optional(),
});

export const streamShape = z.strictObject({
  event: z.string().regex(/^[^?\p{C}]+$/u, 'a name in one line, without "?"'),
  segmentMs: z.number().min(100, "milliseconds, not seconds: at least 100").max(600_000),
  availabilityStartMs: z.number().nonnegative(),
  renditions: z.array(rendition).min(1, "a stream has at least one"),
  segmentPath: z.string(),
  manifestPath: z
    .string()
    .regex(/^\/(?!\/)[^\\#\p{C}]*$/u, 'a path at each edge, which begins with "/"')
    .optional(),
  dvrSegments: z.number().int().nonnegative(),
  digestHeader: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, "the name of a header")
    .optional(),
  leastBytesShare: share.optional(),
  cmcdOutOfKey: z.boolean().optional(),
});

/** A step "." or "..", percent-encoded or not, before any query. */
const climbs = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

/** `nowMs`: epoch ms. No stream can begin after it. */
export function streamProblems(stream: Stream, nowMs: number): string[] {
  const { error } = z.object({ stream: streamShape }).safeParse({ stream });
  if (error !== undefined) return linesOf(error, "", streamShape.shape, "stream");
  const { segmentPath, renditions, availabilityStartMs } = stream;
  const problems: string[] = [];
  const names = renditions.map(({ name }) => name);
  if (!segmentPath.startsWith("/"))
    problems.push(`segmentPath: "${segmentPath}" must begin with "/": it is a path at each edge`);
  else if (segmentPath.startsWith("//") || /[\\#\p{C}]/u.test(segmentPath))
    problems.push(`segmentPath: "${segmentPath}" is no path`);
  for (const name of names) {
    const path = addressOf(stream, name, 1);
    if (climbs.test(path))
      problems.push(`segmentPath: it becomes ${path}, and some clients resolve "." and ".."`);
  }
  const used = [...segmentPath.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] as string);
  for (const one of used.filter((name) => !(placeholders as readonly string[]).includes(name))) {
    problems.push(
      `segmentPath: ${unknownName(
        "placeholder",
        `{${one}}`,
        placeholders.map((name) => `{${name}}`),
      )}; numbers are written without padding`,
    );
  }
  for (const [dollar] of segmentPath.matchAll(/\$\w+(%0\d+d)?\$/g))
    problems.push(`segmentPath: "${dollar}" is a manifest's; write {number} and {rendition}`);
  if (!used.some((name) => name === "number" || name.startsWith("number%")))
    problems.push("segmentPath: without {number} every segment is the same one");
  if (names.length > 1 && !used.includes("rendition"))
    problems.push(`segmentPath: without {rendition} all ${names.length} renditions are the same`);
  for (const name of repeated(names)) problems.push(`renditions: "${name}" occurs twice`);
  for (const { name, sameAs } of renditions) {
    if (sameAs !== undefined && (sameAs === name || !names.includes(sameAs)))
      problems.push(`${name}: its sameAs must name another one, not "${sameAs}"`);
  }
  if (availabilityStartMs > nowMs)
    problems.push(
      "availabilityStartMs: the stream begins at " +
        `${new Date(Math.min(availabilityStartMs, 8.64e15)).toISOString()}, which is in the ` +
        "future",
    );
  return problems.map((problem) => `stream.${problem}`);
}
