/** The page of faults: those of any target, and those of streams. */
import type { z } from "zod";
import { kinds } from "../../../harness/faults/faults.ts";
import { substrates } from "../../../harness/record/substrates.ts";
import { effectsIn } from "../../../harness/substrates/effects.ts";
import { linksShape, whereShape } from "../../../harness/target/where.ts";
import type { FaultKind, FaultKinds } from "../../../harness/target/fault.ts";
import { streaming } from "../../../targets/live-streaming/pack/pack.ts";
import { literalsOf } from "../declarations.ts";
import { anchorOf, code, page, prose, span, table } from "../markdown.ts";
import { fieldsOf, partsOf } from "../shapes.ts";
import { exampleOf } from "../type-sections.ts";
import { fieldsTable } from "./claims.ts";

export async function faultsPage(): Promise<string> {
  const effects = await doers();
  const needs = literalsOf("harness/target/fault.ts", "Capability");
  const ofStreams = streaming.faults as FaultKinds;
  return page(
    "Faults and their parameters",
    prose(
      "A step of an experiment's [method](experiments.md#step) has one fault. Each fault has an " +
        "observation that proves that it landed, and another one that proves that it is healed. " +
        "`plan` prints both for every step. A fault that did not land is never green.",
    ),
    prose(
      "A fault counts only if it lasts until its heal, and if the target uses what it strikes. " +
        "A struck link carries the target's own traffic, and a struck service has users. Two " +
        "faults on the same service or link are 3 s apart, or 1 s where nothing restarts. " +
        "`plan` refuses what is too small to be observed, and names the least value.",
    ),
    overview(kinds, effects),
    "## What a fault needs",
    prose(
      "The process substrate has all of these but `zoneNetworks`, the docker and compose " +
        "substrates have all. An effect is a change inside of a service, which the substrates " +
        "that are named can make. `seawall plan --substrate NAME` says what is missing on this " +
        "machine.",
    ),
    table(
      ["need", "what the substrate does"],
      needs.map(({ name, doc }) => [span(name), doc]),
    ),
    "## Selecting links",
    prose(
      "A fault on links strikes the links that the target declares. `links` selects them by " +
        "their ends. An end is selected by the name of its service, or by kind, zone or region. " +
        '`{ service: "users" }` is the load\'s end.',
    ),
    code(`${typeText("Links", linksShape)}\n\n${typeText("Where", whereShape)}`),
    Object.entries(kinds).flatMap(([name, kind]) => sectionOf(name, kind, effects)),
    "## Faults of streams",
    prose(
      'These are faults of streams alone. `import { faults } from "seawall/streaming"` has a ' +
        "function for each.",
    ),
    overview(ofStreams, effects),
    Object.entries(ofStreams).flatMap(([name, kind]) => sectionOf(name, kind, effects)),
  );
}

type Doers = Readonly<Record<string, readonly string[]>>;

/** By effect: the substrates that have it. */
async function doers(): Promise<Doers> {
  const found: Record<string, string[]> = {};
  for (const { name, isVirtual } of substrates)
    for (const effect of isVirtual ? [] : (await effectsIn(name)).keys())
      found[effect] = [...(found[effect] ?? []), name];
  return found;
}

function overview(of: FaultKinds, effects: Doers): string {
  return table(
    ["`kind`", "what happens", "needs of a substrate", "in virtual time"],
    Object.entries(of).map(([name, kind]) => [
      `[\`${name}\`](#${anchorOf(name)})`,
      kind.does,
      needsOf(kind, effects),
      typeof kind.simulate === "string" ? "no" : "yes",
    ]),
  );
}

function needsOf({ needs, effect }: FaultKind, effects: Doers): string {
  const on = effect === undefined ? [] : [`an effect of ${effects[effect]?.join(", ") ?? "none"}`];
  return [...on, ...needs.map(span)].join(", ");
}

function sectionOf(name: string, kind: FaultKind, effects: Doers): string[] {
  const fields = Object.entries(fieldsOf(kind.schema)).filter(([field]) => field !== "kind");
  return [
    `### ${name}`,
    prose(`${kind.does[0]?.toUpperCase()}${kind.does.slice(1)}.`),
    [
      `- Landed when: ${kind.proof}`,
      `- Healed by: ${kind.undo}`,
      `- Needs of a substrate: ${needsOf(kind, effects)}`,
    ]
      .map((line) => prose(line))
      .join("\n"),
    fieldsTable(fields.map(([field, shape]) => [field, shape as z.ZodType])),
    code(exampleOf("faults", name)),
  ];
}

function typeText(name: string, shape: z.ZodType): string {
  return `type ${name} =\n  | ${partsOf(shape).replaceAll(" | {", "\n  | {")};`;
}
