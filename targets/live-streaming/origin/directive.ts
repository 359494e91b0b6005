/**
 * Operators' directives about an event: a mask over a range of one pipeline, a notification, the
 * end. Directives are immutable, and the highest version of an id counts. They may therefore arrive
 * in any order, from feed and store, any number of times.
 */
import { z } from "zod";
import { nameShape } from "./configuration.ts";

export interface SegmentRange {
  readonly event: string;
  readonly renditions: readonly string[];
  readonly from: number;
  readonly to: number;
}

const number = z.int().min(0).max(999_999_999_999);
const common = { event: nameShape, id: z.string().min(1).max(100), version: z.int().positive() };

/** Printable, without the characters that separate notifications in their header. */
export const payloadShape = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9+/=_.:~-]*$/, "may hold A-Z a-z 0-9 + / = _ . : ~ - only");

export const directiveShape = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("mask"),
    ...common,
    pipeline: nameShape,
    /** Null: every rendition. */
    renditions: z.array(nameShape).min(1).nullable(),
    from: number,
    to: number,
    /** False once it is lifted. */
    active: z.boolean(),
  }),
  z.object({
    kind: z.literal("notification"),
    ...common,
    name: nameShape,
    /** The first segment that carries it. */
    from: number,
    /** Empty withdraws the name. */
    payload: payloadShape,
  }),
  z.object({
    kind: z.literal("end"),
    ...common,
    /** The last segment of the event; null while it is live. */
    last: number.nullable(),
  }),
]);

export type Directive = z.infer<typeof directiveShape>;
export type Mask = Extract<Directive, { kind: "mask" }>;
export type Notification = Extract<Directive, { kind: "notification" }>;

/**
 * Above every known version, and never below the clock. The later order thus wins, whichever origin
 * accepted it.
 */
export function nextVersion(last: number, nowMs: number, known: readonly Directive[]): number {
  return Math.max(last + 1, Math.floor(nowMs), ...known.map(({ version }) => version + 1));
}

export function masking(mask: Omit<Mask, "kind" | "active">): Mask {
  return { kind: "mask", ...mask, active: true };
}

export function lifted(mask: Mask, version: number): Mask {
  return { ...mask, version, active: false };
}

/** What edges must forget when it comes into force, and when it is lifted. */
export function rangeOf(
  { event, renditions, from, to }: Mask,
  all: readonly string[],
): SegmentRange {
  return { event, renditions: renditions ?? all, from, to };
}

/** Null for anything else, such as a row that a later version of this program wrote. */
export function parseDirective(text: string): Directive | null {
  try {
    return directiveShape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
