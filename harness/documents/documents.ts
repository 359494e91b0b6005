/**
 * The documents for programs: every `--json` output is one JSON object per line, whose `format`
 * names its kind and version (`seawall-verdict/1`). The shape of each is here, and is published as
 * a JSON Schema in `schemas/`; tests check both. Fields may be added within a version. A removed
 * field, or one with another meaning, requires the next version.
 */
import { z } from "zod";
import { comparisonDocumentShape } from "./comparison.ts";
import { dayDocument, dayResultDocument } from "./game-day.ts";
import { gateDocument } from "./gate.ts";
import {
  ablationDocument,
  breakingPointDocument,
  doctorDocument,
  errorDocument,
  experimentDocument,
  recoveryDocument,
  notificationDocument,
  reportDocument,
  suiteDocument,
  suiteResultDocument,
} from "./lines.ts";
import { planDocument } from "./plan.ts";
import { runIndexDocument } from "./run-index.ts";
import { composeDocument, downDocument, imageDocument, targetDocument } from "./target.ts";
import { traceShape } from "../trace/trace.ts";
import { verdictDocument } from "./verdict.ts";

interface DocumentKind {
  readonly version: number;
  /** The command that writes it. */
  readonly from: string;
  readonly shape: z.ZodObject;
}

export const documents = {
  verdict: {
    version: 1,
    from: "verdict.json, `run --json` (one line per experiment), `judge --json`",
    shape: verdictDocument,
  },
  target: { version: 1, from: "`up --json`, as soon as the target plays", shape: targetDocument },
  down: { version: 1, from: "`down --json`", shape: downDocument },
  image: { version: 1, from: "`image --json`", shape: imageDocument },
  compose: { version: 1, from: "`compose --json`", shape: composeDocument },
  plan: { version: 2, from: "plan.json, `plan --json`", shape: planDocument },
  comparison: {
    version: 1,
    from: "`compare --json`, and beside each comparison's page",
    shape: comparisonDocumentShape,
  },
  notification: {
    version: 1,
    from: "what a webhook hears of a verdict that differs from the one before",
    shape: notificationDocument,
  },
  index: { version: 1, from: "`index --json`", shape: runIndexDocument },
  experiment: {
    version: 1,
    from: "`list --json`, one line per experiment",
    shape: experimentDocument,
  },
  suite: { version: 1, from: "`list --json`, one line per suite", shape: suiteDocument },
  "suite-result": {
    version: 1,
    from: "`run --suite NAME --json`, its last line",
    shape: suiteResultDocument,
  },
  ablation: { version: 1, from: "ablation.json, `ablate --json`", shape: ablationDocument },
  "breaking-point": {
    version: 1,
    from: "breaking-point.json, `breaking-point --json`",
    shape: breakingPointDocument,
  },
  gate: { version: 1, from: "`gate --json`, gate.json", shape: gateDocument },
  doctor: { version: 1, from: "`doctor --json`", shape: doctorDocument },
  recovery: {
    version: 1,
    from: "`recover --json`, one line per run that was found",
    shape: recoveryDocument,
  },
  "report-files": { version: 1, from: "`report --json`", shape: reportDocument },
  day: { version: 1, from: "day.json of a game day, `gameday --plan --json`", shape: dayDocument },
  "day-result": {
    version: 1,
    from: "result.json of a game day, `gameday --json`, `report --json` of a day",
    shape: dayResultDocument,
  },
  trace: {
    version: 1,
    from: "`capture --json`, and the last line of a trace",
    shape: traceShape,
  },
  error: {
    version: 1,
    from: "any command with `--json` that fails: its last line on standard output",
    shape: errorDocument,
  },
} as const satisfies Record<string, DocumentKind>;

export type DocumentName = keyof typeof documents;

export const documentNames = Object.keys(documents) as readonly DocumentName[];

/** Example: `verdict.v1.json`. */
export function schemaFile(name: DocumentName): string {
  return `${name}.v${documents[name].version}.json`;
}

/**
 * The published schema. `closed` forbids all undescribed fields: tests use it to ensure that every
 * written field is described. The published one is open, because a later Seawall may add fields.
 */
export function schemaOf(name: DocumentName, closed = false): Record<string, unknown> {
  const { version, from, shape } = documents[name];
  const { $schema, ...schema } = z.toJSONSchema(shape, {
    io: closed ? "output" : "input",
    reused: "ref",
  }) as Record<string, unknown>;
  return {
    $schema,
    $id: `urn:seawall:${name}:${version}`,
    title: `seawall-${name}/${version}`,
    description: from,
    ...schema,
  };
}
