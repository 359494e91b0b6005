/** What a zod shape allows, in words: types, ranges, and the messages of its own checks. */
import type { z } from "zod";
import { linksShape, whereShape } from "../../harness/target/where.ts";

/** The parts of zod's own definitions that are read here. */
interface Def {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly items?: readonly z.ZodType[];
  readonly valueType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
  readonly error?: Message;
}

type Message = (issue: object) => string | { readonly message: string } | undefined;

interface CheckDef {
  readonly check: string;
  readonly error?: Message;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

const defOf = (shape: z.ZodType): Def => shape._zod.def as unknown as Def;

const wrappers = ["optional", "nullable", "readonly", "default"];

/** Past `optional()` and the like. */
export function inner(shape: z.ZodType): z.ZodType {
  const { type, innerType } = defOf(shape);
  return wrappers.includes(type) && innerType !== undefined ? inner(innerType) : shape;
}

export function isOptional(shape: z.ZodType): boolean {
  return defOf(shape).type === "optional";
}

/** The fields of an object, or of a list of objects; empty for anything else. */
export function fieldsOf(shape: z.ZodType): Readonly<Record<string, z.ZodType>> {
  const { shape: fields, element } = defOf(inner(shape));
  if (fields !== undefined) return fields;
  return element === undefined ? {} : fieldsOf(element);
}

/** The shape of the field at `a.b` or `a[].b`, if there is one. */
export function shapeAt(shape: z.ZodType, path: string): z.ZodType | null {
  let at: z.ZodType | undefined = shape;
  for (const part of path.split(".")) {
    at = at === undefined ? at : fieldsOf(at)[part.replace(/\[\]$/, "")];
  }
  return at ?? null;
}

/** Such as `whole; above 0; at most 10000`. Empty where anything of its type is allowed. */
export function allowedBy(shape: z.ZodType): string {
  return [...new Set(rulesOf(inner(shape)))].join("; ");
}

/** What the column of types says already. */
const ofType: ReadonlySet<string> = new Set(["must be a function", "cert needs key"]);

function rulesOf(shape: z.ZodType): string[] {
  const { checks = [], element, valueType, entries, error } = defOf(shape);
  const own = checks.flatMap(({ _zod: { def } }) => ruleOf(def, defOf(shape).type) ?? []);
  if (entries !== undefined)
    return [
      Object.values(entries)
        .map((one) => `\`${one}\``)
        .join(", "),
    ];
  // The message for a wrong type says no more than the checks, where there are some.
  const said = own.length === 0 ? messageOf(error) : null;
  const each = element ?? valueType;
  const ofEach = each === undefined ? [] : rulesOf(inner(each)).map((rule) => `each ${rule}`);
  return [...(said === null ? [] : [said]), ...own, ...ofEach].filter((rule) => !ofType.has(rule));
}

function messageOf(error: Message | undefined): string | null {
  // One that reads the value says something only of that value.
  const said = error?.length === 0 ? error({}) : undefined;
  return (typeof said === "string" ? said : said?.message) ?? null;
}

function ruleOf(def: CheckDef, type: string): string | null {
  const said = messageOf(def.error);
  if (said !== null) return said;
  const of = type === "array" ? " entries" : type === "string" ? " characters" : "";
  switch (def.check) {
    case "greater_than":
      return def.inclusive === true ? `at least ${def.value}` : `above ${def.value}`;
    case "less_than":
      return def.inclusive === true ? `at most ${def.value}` : `below ${def.value}`;
    case "multiple_of":
      return `a multiple of ${def.value}`;
    case "number_format":
      return "whole";
    case "min_length":
      return def.minimum === 1 ? "not empty" : `at least ${def.minimum}${of}`;
    case "max_length":
      return `at most ${def.maximum}${of}`;
    default:
      return null;
  }
}

/** Shapes that a page describes by themselves, and what it calls them. */
const named = new Map<z.ZodType, string>([
  [whereShape, "Where"],
  [linksShape, "Links"],
]);

/** Such as `number` or `"short" | "long"`. */
export function typeOf(shape: z.ZodType): string {
  return named.get(inner(shape)) ?? partsOf(shape);
}

/** Even where it has a name. */
export function partsOf(shape: z.ZodType): string {
  const def = defOf(inner(shape));
  if (def.entries !== undefined)
    return Object.values(def.entries)
      .map((one) => `"${one}"`)
      .join(" | ");
  if (def.values !== undefined) return def.values.map((one) => JSON.stringify(one)).join(" | ");
  if (def.type === "array" && def.element !== undefined) return `${typeOf(def.element)}[]`;
  if (def.type === "record" && def.valueType !== undefined)
    return `Record<string, ${typeOf(def.valueType)}>`;
  if (def.type === "tuple") return `[${(def.items ?? []).map(typeOf).join(", ")}]`;
  if (def.type === "union") return (def.options ?? []).map(typeOf).join(" | ");
  if (def.type !== "object") return def.type;
  const fields = Object.entries(def.shape ?? {}).map(
    ([name, of]) => `${name}${isOptional(of) ? "?" : ""}: ${typeOf(of)}`,
  );
  return `{ ${fields.join("; ")} }`;
}
