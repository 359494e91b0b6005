/**
 * Binds the files of a run together. Each line of events.ndjson has a link: a hash of its own text
 * and of the previous link. The first link starts from the hash of plan.json. During the run, marks
 * among the events contain the totals of the samples so far. The last line of a closed record, the
 * seal, contains those of all three files.
 *
 *     {"kind":"phase","phase":"fault","atMs":1795302669440.4,"link":"9a0c1f1d5b2e77aa"}
 *     {"kind":"sealed","run":"…","plan":"…","events":52,
 *      "samples":{"lines":…,"bytes":…,"hash":"…"},"fileBytes":…,"atMs":…,"link":"…"}
 *
 * A seal detects damage and mistakes. It is no signature: a forger can recompute it.
 */
import { createHash, type Hash } from "node:crypto";
import { z } from "zod";

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** 64 bits: enough to detect damage; a full hash would be a third of most lines. */
const linkDigits = 16;

export function linkOf(before: string, body: string): string {
  return sha256(`${before}\n${body}`).slice(0, linkDigits);
}

/** The line for an event with the JSON `body`, and its link. */
export function linked(
  before: string,
  body: string,
): { readonly line: string; readonly link: string } {
  const link = linkOf(before, body);
  return { line: `${body.slice(0, -1)},"link":"${link}"}`, link };
}

/** The two parts of a line; null for one without a link. */
export function unlinked(line: string): { readonly body: string; readonly link: string } | null {
  const parts = /^(.*),"link":"([0-9a-f]{16})"\}$/s.exec(line);
  return parts === null ? null : { body: `${parts[1]}}`, link: parts[2] as string };
}

/** Totals of all samples so far, as text before compression. */
const tallyShape = z.object({ lines: z.number(), bytes: z.number(), hash: z.string() });
export type Tally = z.infer<typeof tallyShape>;

export const markShape = z.object({
  kind: z.literal("samples"),
  atMs: z.number(),
  samples: tallyShape,
});
export type Mark = z.infer<typeof markShape>;

export const sealShape = z.object({
  kind: z.literal("sealed"),
  atMs: z.number(),
  run: z.string(),
  plan: z.string(),
  /** The number of lines before this one. */
  events: z.number(),
  samples: tallyShape,
  /** Length of the compressed file in bytes. */
  fileBytes: z.number(),
});
export type Seal = z.infer<typeof sealShape>;

/** The first line of the samples: `#! {"run":"…","plan":"…"}`. */
export const headShape = z.object({ run: z.string(), plan: z.string() });
export type Head = z.infer<typeof headShape>;

export function headLine(head: Head): string {
  return `#! ${JSON.stringify(head)}\n`;
}

/** Counts and hashes samples as they arrive. */
export class Tallying {
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #lines = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(text: Buffer): void {
    this.#hash.update(text);
    this.#bytes += text.length;
    for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) this.#lines++;
  }

  sofar(): Tally {
    return { lines: this.#lines, bytes: this.#bytes, hash: this.#hash.copy().digest("hex") };
  }
}
