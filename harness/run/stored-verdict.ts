/**
 * verdict.json, tied to the record that it is of. A verdict is never taken on its own word: where
 * it or the record was changed since, it is none, and the record is judged again. Like the seal,
 * this shows mistakes and not a forger.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { verdictDocument } from "../documents/verdict.ts";
import { findingId } from "../record/claim-ids.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import { jsonIn, writeWhole } from "../system/files.ts";
import { files } from "./run-directory.ts";
import { sha256 } from "./seal.ts";

export function keepVerdict(directory: string, verdict: Verdict): void {
  const record = recordHash(directory);
  const kept = { ...verdict, of: { record, check: checkOf(verdict, record) } };
  writeWhole(join(directory, files.verdict), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Findings of earlier versions have no id, no subject or no values; they are read all the same. */
const finding = verdictDocument.shape.findings.element;
const shape = verdictDocument.extend({
  findings: z.array(
    finding
      .extend({
        id: z.string().optional(),
        subject: z.string().default(""),
        values: finding.shape.values.default([]),
      })
      .transform((read) => ({ ...read, id: read.id ?? idOf(read) })),
  ),
});

function idOf({ kind, title }: Pick<Finding, "kind" | "title">): string {
  return kind === "evidence" ? "" : findingId(kind, { title });
}

export type Stored =
  | { readonly kind: "fits" | "foreign"; readonly verdict: Verdict }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable" };

/**
 * `foreign`: of another record than the one beside it, changed by hand, or from before verdicts
 * said which record they are of.
 */
export function storedVerdict(directory: string): Stored {
  const path = join(directory, files.verdict);
  if (!existsSync(path)) return { kind: "missing" };
  const value = jsonIn(path);
  const read = shape.safeParse(value);
  if (!read.success) return { kind: "unreadable" };
  const { of, ...verdict } = value as Verdict;
  const fits =
    of !== undefined &&
    of.record === recordHash(directory) &&
    of.check === checkOf(verdict, of.record);
  return { kind: fits ? "fits" : "foreign", verdict: read.data };
}

/** As it is written: what is beyond all bounds is null there. */
function checkOf({ of: _of, ...verdict }: Verdict, record: string): string {
  return sha256(`${record}\n${JSON.stringify(verdict)}`);
}

/** Of the bytes of all three files: a record that is cut, or lacks one, is another record. */
function recordHash(directory: string): string {
  return sha256(
    [files.plan, files.events, files.samples]
      .map((name) => hashOf(join(directory, name)))
      .join("\n"),
  );
}

function hashOf(path: string): string {
  try {
    return sha256(readFileSync(path));
  } catch {
    return "";
  }
}
