/** `seawall schema`: the JSON Schemas of everything that `--json` prints. */
import { resolve } from "node:path";
import type { Define } from "../command.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, SeawallError } from "../../base/errors.ts";
import { unknownName } from "../../base/nearest.ts";
import {
  type DocumentName,
  documentNames,
  documents,
  schemaFile,
  schemaOf,
} from "../../documents/documents.ts";
import { writeWhole } from "../../system/files.ts";
import { padded } from "../../system/terminal.ts";
import type { Context } from "../../app/context.ts";

export const defineSchema: Define = (program, context, end) =>
  program
    .command("schema")
    .description("print the JSON Schema of a document that --json prints; without a name, list all")
    .argument("[name]")
    .option("--write <dir>", "write all schemas into this folder")
    .action((name: string | undefined, flags: { write?: string }) =>
      end(
        schema(
          context,
          name ?? null,
          flags.write === undefined ? null : resolve(context.cwd, flags.write),
        ),
      ),
    );

/** Prints the named schema, or a table of all; with `folder`, writes them there instead. */
export function schema(context: Context, name: string | null, folder: string | null): number {
  if (name !== null && !(documentNames as readonly string[]).includes(name))
    throw new SeawallError("UNKNOWN_NAME", unknownName("schema", name, documentNames), {
      hint: "`seawall schema` lists them.",
    });
  const chosen = name === null ? documentNames : [name as DocumentName];
  if (folder !== null) {
    mkdirSync(folder, { recursive: true });
    for (const one of chosen) writeWhole(join(folder, schemaFile(one)), text(one));
  } else if (name !== null) context.stdout.write(text(name as DocumentName));
  else
    context.stdout.write(
      documentNames
        .map((one) => {
          const format = `seawall-${one}/${documents[one].version}`;
          return `${padded(one, 14)} ${padded(format, 24)} ${documents[one].from}\n`;
        })
        .join(""),
    );
  return exitCodes.held;
}

function text(name: DocumentName): string {
  return `${JSON.stringify(schemaOf(name), null, 2)}\n`;
}
