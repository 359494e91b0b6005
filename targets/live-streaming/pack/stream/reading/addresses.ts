/**
 * Addresses in a playlist or a manifest, made absolute. k6 has no `URL`, so `url-toolkit` (of
 * hls.js) resolves them. Nearly all are names beside the document, and take a short cut.
 */
import toolkit from "url-toolkit";
import { UnreadableStream } from "./unreadable.ts";

/** A name without a scheme, a query, or a step to resolve. */
const plainName = /^[\w~%-][\w.~%/-]*(?:\?[^#]*)?$/;

/** Beside which document. */
export type Resolve = (address: string) => string;

export function resolver(base: string): Resolve {
  const path = base.replace(/[?#].*$/s, "");
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const isUsual = /^https?:\/\/[^/]+\//.test(folder);
  return (address) => {
    const wanted = address.trim();
    return isUsual && plainName.test(wanted) && !hasSteps(wanted)
      ? folder + wanted
      : absolute(base, wanted);
  };
}

function hasSteps(address: string): boolean {
  return address.includes("./") || address.includes("//") || address.endsWith(".");
}

export function absolute(base: string, address: string): string {
  try {
    return toolkit.buildAbsoluteURL(base, address, { alwaysNormalize: true });
  } catch {
    throw new UnreadableStream("malformed", `"${shortened(address)}" is no address`);
  }
}

/** Without the fragment: two names of one document. */
export function isSameDocument(one: string, other: string): boolean {
  return one.replace(/#.*$/s, "") === other.replace(/#.*$/s, "");
}

/** For a message. */
export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
