/** Sections of a page for public types: what each is for, its members, and an example. */
import type { z } from "zod";
import { type Declaration, declarationOf, type Member, textOfConstant } from "./declarations.ts";
import { anchorOf, code, prose, span, table } from "./markdown.ts";
import { allowedBy, shapeAt } from "./shapes.ts";

export interface TypeSection {
  /** The type, as users import it. */
  readonly name: string;
  /** Where it is declared, from the root of the repository. */
  readonly path: string;
  /** Its zod shape, whose ranges the table shows; one for each form of a union. */
  readonly shapes?: readonly z.ZodType[];
  /** The function with which a user makes one. Its comment opens the section. */
  readonly made?: { readonly path: string; readonly name: string };
  /** A constant of `examples/`. */
  readonly example?: string;
}

/** Types that no section of its own describes. */
const elsewhere = {
  Claim: "claims.md#claim",
  Comparison: "claims.md#claim",
  Fault: "faults.md",
  Phase: "experiments.md#phases",
  Tier: "experiments.md#tiers",
  Target: "targets.md",
};

/** By the name of a type: the page and the heading that describe it. */
export type Places = Readonly<Record<string, string>>;

export function placesOf(pages: Readonly<Record<string, readonly TypeSection[]>>): Places {
  const described = Object.fromEntries(
    Object.entries(pages).flatMap(([page, sections]) =>
      sections.map(({ name }) => [name, `${page}.md#${anchorOf(name)}`]),
    ),
  );
  return { ...elsewhere, ...described };
}

/** Reads what `examples/PAGE.ts` sets a constant to. */
export function exampleOf(page: string, name: string): string {
  return textOfConstant(`test/reference/examples/${page}.ts`, name);
}

export function typeSections(
  page: string,
  sections: readonly TypeSection[],
  places: Places,
): string[] {
  return sections.flatMap((section) => oneSection(page, section, places));
}

function oneSection(page: string, section: TypeSection, places: Places): string[] {
  const { name, path, made, example } = section;
  const declared = declarationOf(path, name);
  const maker = made === undefined ? null : declarationOf(made.path, made.name);
  const shown = maker?.example ?? declared.example;
  return [
    `## ${name}`,
    ...(maker === null ? [] : [prose(`\`${maker.name}()\` makes one. ${maker.doc}`)]),
    prose(declared.doc),
    ...declared.forms.flatMap(({ doc, members }, index) =>
      members.length === 0
        ? []
        : [prose(doc), membersTable(members, section.shapes?.[index], page, places)],
    ),
    ...(shown === null ? [] : [code(shown)]),
    ...(example === undefined ? [] : [code(exampleOf(page, example))]),
  ];
}

function membersTable(
  members: readonly Member[],
  shape: z.ZodType | undefined,
  page: string,
  places: Places,
): string {
  const rows = members.map(({ name, isOptional, type, doc }) => {
    const field = shape === undefined ? null : shapeAt(shape, name);
    return {
      name: `\`${name}\`${isOptional ? " (optional)" : ""}`,
      type: linked(type, page, places),
      allowed: field === null ? "" : allowedBy(field),
      doc,
    };
  });
  const isLimited = rows.some(({ allowed }) => allowed !== "");
  return table(
    ["field", "type", ...(isLimited ? ["allowed"] : []), "meaning"],
    rows.map(({ name, type, allowed, doc }) => [name, type, ...(isLimited ? [allowed] : []), doc]),
  );
}

/** A type that names another described one leads there. */
function linked(type: string, page: string, places: Places): string {
  const names = [...new Set(type.match(/\b[A-Z]\w+/g) ?? [])].filter((name) =>
    Object.hasOwn(places, name),
  );
  const [first] = names;
  if (names.length !== 1 || first === undefined) return span(type);
  const place = places[first] as string;
  const isHere = place.startsWith(`${page}.md#`);
  return `[${span(type)}](${isHere ? place.slice(page.length + ".md".length) : place})`;
}

/** All problems of a section: members that no comment explains. */
export function undocumented(sections: readonly TypeSection[]): string[] {
  return sections.flatMap(({ name, path }) => {
    const declared: Declaration = declarationOf(path, name);
    const silent = declared.forms
      .flatMap(({ members }) => members)
      .filter(({ doc, type }) => doc === "" && type !== "object");
    return [
      ...(declared.doc === "" ? [`${name} (${path})`] : []),
      ...silent.map((member) => `${name}.${member.name} (${path})`),
    ];
  });
}
