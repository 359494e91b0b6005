/**
 * Validates real output against the published schemas, with a validator that is independent of zod.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import {
  type DocumentName,
  documentNames,
  schemaFile,
  schemaOf,
} from "../../harness/documents/documents.ts";

export const schemaFolder = resolve(import.meta.dirname, "../../schemas");

export function published(name: DocumentName): Record<string, unknown> {
  return JSON.parse(readFileSync(join(schemaFolder, schemaFile(name)), "utf8")) as Record<
    string,
    unknown
  >;
}

/** By the format that a published schema describes. */
let named: Map<unknown, DocumentName> | undefined;

/**
 * The problems of a document, empty for a valid one: against the published file, and for
 * undescribed fields.
 */
export function problemsOf(document: unknown): string[] {
  const format = (document as { format?: unknown } | null)?.format;
  named ??= new Map(documentNames.map((one) => [published(one)["title"], one]));
  const name = named.get(format);
  if (name === undefined) return [`no published schema has the format ${JSON.stringify(format)}`];
  return validators(name).flatMap(([kind, validate]) => {
    return validate(document)
      ? []
      : (validate.errors ?? []).map(
          (error) =>
            `${kind} schema of ${name}: ${error.instancePath || "/"} ${error.message} ` +
            `${JSON.stringify(error.params)}`,
        );
  });
}

type Validators = readonly (readonly [kind: string, validate: ValidateFunction])[];
const compiled = new Map<DocumentName, Validators>();

function validators(name: DocumentName): Validators {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const compile = (schema: Record<string, unknown>) =>
    new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);
  const made = [
    ["published", compile(published(name))],
    ["closed", compile(schemaOf(name, true))],
  ] as const;
  compiled.set(name, made);
  return made;
}

/** Each line of an output. */
export function documentsIn(text: string): unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
