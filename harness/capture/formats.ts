/** The formats of logs: one list. What a line is, is found by trying. */
import type { Entry } from "./entry.ts";
import { jsonEntry } from "./formats/json-lines.ts";
import { ncsaEntry } from "./formats/ncsa.ts";
import { afterSyslogHead } from "./formats/syslog.ts";
import { W3cLines } from "./formats/w3c.ts";

/** What one line says: a request, a comment, or null for a broken line. */
export type ReadLine = (text: string) => Entry | "comment" | null;

interface Format {
  readonly title: string;
  /** Once for each input: a format may remember earlier lines. */
  open(): ReadLine;
}

const below =
  (read: ReadLine): ReadLine =>
  (text) =>
    read(afterSyslogHead(text) ?? text);

const ncsa = { title: "NCSA common or combined", open: () => below(ncsaEntry) };
const json = { title: "one JSON object per line", open: () => below(jsonEntry) };
const w3c = {
  title: "W3C extended, as CloudFront writes it",
  open: () => {
    const lines = new W3cLines();
    return (text: string) => lines.entry(text);
  },
};

/** By the names that `--format` takes. A HAR is a document, not lines: `inputs.ts` reads it. */
export const formats = {
  ncsa,
  combined: ncsa,
  varnishncsa: ncsa,
  json,
  "nginx-json": json,
  w3c,
  cloudfront: w3c,
  "fastly-json": json,
  "fastly-classic": ncsa,
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats | "har";
export const formatNames: readonly FormatName[] = [
  ...(Object.keys(formats) as (keyof typeof formats)[]),
  "har",
];

const tried = [ncsa, json, w3c];

/**
 * The format that most of these first lines are of; null if none is. A format earlier in the list
 * wins a tie.
 */
export function formatOf(first: readonly string[]): Format | null {
  const found = tried.map((format) => {
    const read = format.open();
    return { format, requests: first.filter((text) => isRequest(read(text))).length };
  });
  const best = found.reduce((most, one) => (one.requests > most.requests ? one : most));
  return best.requests === 0 ? null : best.format;
}

function isRequest(read: Entry | "comment" | null): boolean {
  return read !== null && read !== "comment";
}
