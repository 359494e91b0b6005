/**
 * verdict.json, bound to its record. If either was changed, the verdict is ignored and the record
 * is judged again. Like the seal, this detects mistakes, not a forger.
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

/** Findings of earlier versions may lack id, subject or values, and are still read. */
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

/** `foreign`: of another record, edited, or from before verdicts named their record. */
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

/** In the written form: infinite values are null. */
function checkOf({ of: _of, ...verdict }: Verdict, record: string): string {
  return sha256(`${record}\n${JSON.stringify(verdict)}`);
}

/** A hash of all three files: a record that is cut, or lacks one, is a different record. */
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
