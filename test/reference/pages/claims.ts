/** The page of claims and their statistics. */
import type { z } from "zod";
import { claimBase } from "../../../harness/claims/claim-shape.ts";
import { statistics } from "../../../harness/claims/statistics/registry.ts";
import type { Statistic } from "../../../harness/claims/statistics/statistic.ts";
import { declarationOf } from "../declarations.ts";
import { code, page, prose, span, table } from "../markdown.ts";
import { allowedBy, isOptional, typeOf } from "../shapes.ts";
import { exampleOf, type Places, typeSections } from "../type-sections.ts";
import { sections } from "./sections.ts";

export function claimsPage(places: Places): string {
  return page(
    "Claims and statistics",
    prose(
      "A claim compares one statistic of its samples with a limit, in each of its phases. `plan` " +
        "refuses a claim that cannot fail, and one that cannot hold " +
        "([how](../writing-an-experiment.md#a-claim-that-can-fail)).",
    ),
    "## Claim",
    prose(declarationOf("harness/claims/statistics/registry.ts", "Claim").doc),
    baseTable(),
    typeSections("claims", sections.claims, places),
    "## Statistics",
    prose(
      "For a counter, `share`, `sum` and `rate` use its growth. A fraction is a number from 0 to " +
        "1. Percentiles are nearest ranks over all samples.",
    ),
    table(
      ["`statistic`", "what it computes", "fields of its own", "range", "for counters"],
      statistics.map(({ name, meaning, fields, most, isOfCounters }) => [
        `[\`${name}\`](#${name.toLowerCase()})`,
        meaning,
        Object.keys(fields).map(span).join(", "),
        Number.isFinite(most) ? `0…${most}` : "from 0",
        isOfCounters ? "yes" : "no",
      ]),
    ),
    statistics.flatMap(sectionOf),
  );
}

function sectionOf({ name, meaning, fields }: Statistic): string[] {
  const own = Object.entries(fields) as [string, z.ZodType][];
  return [
    `### ${name}`,
    prose(`${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`),
    ...(own.length === 0 ? [] : [fieldsTable(own)]),
    code(exampleOf("claims", name)),
  ];
}

function baseTable(): string {
  const { forms } = declarationOf("harness/claims/claim.ts", "ClaimBase");
  return table(
    ["field", "type", "allowed", "meaning"],
    [
      [
        "`statistic`",
        "`string`",
        "one of [the list](#statistics)",
        "What is computed of the samples. Some statistics need fields of their own.",
      ],
      ...(forms[0]?.members ?? []).map(({ name, isOptional: may, type, doc }) => {
        const shape = (claimBase as Readonly<Record<string, z.ZodType>>)[name];
        return [
          `\`${name}\`${may ? " (optional)" : ""}`,
          span(type),
          shape === undefined ? "" : allowedBy(shape),
          doc,
        ];
      }),
    ],
  );
}

export function fieldsTable(fields: readonly (readonly [string, z.ZodType])[]): string {
  return table(
    ["field", "type", "allowed", "meaning"],
    fields.map(([name, shape]) => [
      `\`${name}\`${isOptional(shape) ? " (optional)" : ""}`,
      typeOf(shape) === "Links" ? "[`Links`](#selecting-links)" : span(typeOf(shape)),
      typeOf(shape) === "Links" ? "" : allowedBy(shape),
      shape.description ?? "",
    ]),
  );
}
