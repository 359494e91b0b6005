/** Which objects of a stream a fault strikes. */
import { z } from "zod";
import type { Frozen } from "../../../../harness/base/frozen.ts";
import { objectKinds, type StreamObject } from "./classify.ts";

const number = z.number().int().nonnegative();

export const objectsShape = z.strictObject({
  /** One kind or several; `any` is every request that is for an object of the stream. */
  of: z.union([z.enum([...objectKinds, "any"]), z.array(z.enum(objectKinds)).min(1)]),
  rendition: z.string().min(1).optional(),
  /** By number, both included. */
  sequence: z.strictObject({ from: number.optional(), to: number.optional() }).optional(),
  /** How many segments before the newest one, which is 0; both included. */
  behindLiveEdge: z.strictObject({ from: number.optional(), to: number.optional() }).optional(),
});
export type Objects = Frozen<z.infer<typeof objectsShape>>;

/** `newest`: the number of the newest segment, or null if it is not known yet. */
export function isSelected(
  objects: Objects,
  { kind, rendition, number: at }: StreamObject,
  newest: number | null,
): boolean {
  const { of, sequence, behindLiveEdge } = objects;
  if (of !== "any" && of !== kind && !of.includes(kind)) return false;
  if (objects.rendition !== undefined && objects.rendition !== rendition) return false;
  if (sequence !== undefined && (at === undefined || !isWithin(at, sequence))) return false;
  if (behindLiveEdge === undefined) return true;
  // A request ahead of the newest segment is at the live edge, too.
  return at !== undefined && newest !== null && isWithin(Math.max(0, newest - at), behindLiveEdge);
}

function isWithin(
  value: number,
  { from = 0, to = Number.POSITIVE_INFINITY }: NonNullable<Objects["sequence"]>,
): boolean {
  return value >= from && value <= to;
}

/** `segments of v720, 0…4 behind the live edge`. */
export function describeObjects({ of, rendition, sequence, behindLiveEdge }: Objects): string {
  const kinds =
    of === "any"
      ? "all objects"
      : [of]
          .flat()
          .map((kind) => `${kind}s`)
          .join(", ");
  return [
    `${kinds}${rendition === undefined ? "" : ` of ${rendition}`}`,
    ...(sequence === undefined ? [] : [`numbers ${spanOf(sequence)}`]),
    ...(behindLiveEdge === undefined ? [] : [`${spanOf(behindLiveEdge)} behind the live edge`]),
  ].join(", ");
}

const spanOf = ({ from = 0, to }: NonNullable<Objects["sequence"]>): string =>
  `${from}…${to ?? ""}`;
