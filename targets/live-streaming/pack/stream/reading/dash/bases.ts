/**
 * BaseURL, at each level of a manifest. Several of one level are alternatives: content steering
 * calls them pathways.
 */
import { absolute } from "../addresses.ts";
import { placesMax } from "../limits.ts";
import { childrenOf, type Element, textOf } from "./xml.ts";

export interface Base {
  readonly url: string;
  /** Undefined if there is only one. */
  readonly pathway?: string;
  readonly availabilityTimeOffsetMs: number;
  readonly availabilityTimeComplete: boolean;
}

/** What an element adds to the addresses above it. */
export function basesOf(element: Element, above: readonly Base[]): readonly Base[] {
  const own = childrenOf(element, "BaseURL").slice(0, placesMax);
  if (own.length === 0) return above;
  return above
    .flatMap((base) => own.map((one) => joined(base, one, own.length > 1)))
    .slice(0, placesMax);
}

function joined(above: Base, element: Element, several: boolean): Base {
  const { serviceLocation, availabilityTimeOffset, availabilityTimeComplete } = element.attributes;
  const address = textOf(element) ?? "";
  const pathway = serviceLocation ?? (several ? address : above.pathway);
  return {
    url: absolute(above.url, address),
    ...(pathway === undefined ? {} : { pathway }),
    availabilityTimeOffsetMs: offsetMsOf(availabilityTimeOffset) ?? above.availabilityTimeOffsetMs,
    availabilityTimeComplete:
      availabilityTimeComplete === undefined
        ? above.availabilityTimeComplete
        : availabilityTimeComplete !== "false",
  };
}

/** Seconds, or INF: then a segment is there from the beginning. */
export function offsetMsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text.trim() === "INF") return Number.MAX_SAFE_INTEGER;
  const seconds = Number(text);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
