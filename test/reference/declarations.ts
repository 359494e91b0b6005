/**
 * Reads the public types from the sources: members, types as they are written, and doc comments.
 * The parser is the one of the tools that check this repository; it knows no types.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "../support/sources.ts";

/** One row of a type's table. A nested member is called `blastRadius.services`. */
export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  readonly doc: string;
}

export interface Declaration {
  readonly name: string;
  /** The prose of its doc comment; paragraphs are separated by an empty line. */
  readonly doc: string;
  /** The code of the doc comment's example. */
  readonly example: string | null;
  /** The forms of a union; one for any other type. */
  readonly forms: readonly { readonly doc: string; readonly members: readonly Member[] }[];
}

/** A node of the syntax tree, with the few fields that are read here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly body: readonly Node[];
  readonly comments: readonly { readonly value: string; start: number; end: number }[];
}

const read = new Map<string, Source>();

/** `path`: from the root of the repository. */
function sourceOf(path: string): Source {
  const known = read.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, path), "utf8");
  const { program, comments } = parseSync(path, text);
  const source = {
    path,
    text,
    body: program.body as unknown as readonly Node[],
    comments: comments.filter(({ type }) => type === "Block"),
  };
  read.set(path, source);
  return source;
}

/** Finds a type, an interface or a function by its name, in a file or in what that imports. */
export function declarationOf(path: string, name: string): Declaration {
  const { source, node, outer } = found(path, name);
  const { prose, example } = partsOf(docBefore(source, outer.start));
  const forms =
    node.type === "TSInterfaceDeclaration"
      ? [{ doc: "", members: membersOfInterface(source, node) }]
      : node.type === "TSTypeAliasDeclaration"
        ? formsOf(source, node["typeAnnotation"] as Node)
        : [];
  return { name, doc: prose, example, forms };
}

/** The texts of a union, each with its comment. */
export function literalsOf(path: string, name: string): { name: string; doc: string }[] {
  const { source, node } = found(path, name);
  const union = node["typeAnnotation"] as Node;
  return (union["types"] as readonly Node[]).map((one) => ({
    name: source.text.slice(one.start + 1, one.end - 1),
    doc: partsOf(docBefore(source, one.start)).prose,
  }));
}

/** The text of what `export const NAME = …` is set to. */
export function textOfConstant(path: string, name: string): string {
  const { source, node } = found(path, name);
  const { start, end } = node["init"] as Node;
  return source.text.slice(start, end);
}

interface Found {
  readonly source: Source;
  readonly node: Node;
  /** With its `export`, before which its comment lies. */
  readonly outer: Node;
}

function found(path: string, name: string): Found {
  const source = sourceOf(path);
  for (const outer of source.body) {
    const inner = (outer["declaration"] as Node | null | undefined) ?? outer;
    const all = inner.type === "VariableDeclaration" ? (inner["declarations"] as Node[]) : [inner];
    for (const node of all) {
      if ((node["id"] as { name?: string } | null)?.name === name) return { source, node, outer };
    }
    const from = (outer["source"] as { value: string } | null | undefined)?.value;
    const specifiers = (outer["specifiers"] as readonly Node[] | undefined) ?? [];
    for (const specifier of from === undefined ? [] : specifiers) {
      const local = specifier["local"] as { name: string };
      const other = (specifier["imported"] ?? specifier["exported"]) as { name: string };
      const [here, there] = outer.type === "ImportDeclaration" ? [local, other] : [other, local];
      if (here?.name === name)
        return found(resolve("/", dirname(path), from as string).slice(1), there.name);
    }
  }
  throw new Error(`there is no ${name} in ${path}`);
}

function membersOfInterface(source: Source, node: Node): Member[] {
  const inherited = ((node["extends"] as readonly Node[] | undefined) ?? []).flatMap((heritage) =>
    membersOfReference(
      source,
      (heritage["expression"] as { name: string }).name,
      heritage["typeArguments"] as Node | null,
    ),
  );
  const own = membersIn(source, (node["body"] as { body: readonly Node[] }).body);
  const names = new Set(own.map(({ name }) => name));
  return [...inherited.filter(({ name }) => !names.has(name)), ...own];
}

/** `Pick` and `Omit` are followed; of any other type, all members count. */
function membersOfReference(source: Source, name: string, given: Node | null): Member[] {
  const [first, second] = (given?.["params"] as readonly Node[] | undefined) ?? [];
  if ((name !== "Pick" && name !== "Omit") || first === undefined || second === undefined) {
    const target = found(source.path, name);
    return target.node.type === "TSInterfaceDeclaration"
      ? membersOfInterface(target.source, target.node)
      : formsOf(target.source, target.node["typeAnnotation"] as Node).flatMap(
          ({ members }) => members,
        );
  }
  const keys = new Set(
    [...source.text.slice(second.start, second.end).matchAll(/"(\w+)"/g)].map(([, key]) => key),
  );
  const all = membersOfType(source, first);
  return all.filter((member) => keys.has(member.name.split(/[.[]/)[0]) === (name === "Pick"));
}

function membersOfType(source: Source, type: Node): Member[] {
  if (type.type === "TSTypeLiteral") return membersIn(source, type["members"] as readonly Node[]);
  if (type.type === "TSIntersectionType")
    return (type["types"] as readonly Node[]).flatMap((one) => membersOfType(source, one));
  if (type.type === "TSTypeReference")
    return membersOfReference(
      source,
      (type["typeName"] as { name: string }).name,
      type["typeArguments"] as Node | null,
    );
  return [];
}

function formsOf(source: Source, type: Node): Declaration["forms"] {
  const all = type.type === "TSUnionType" ? (type["types"] as readonly Node[]) : [type];
  return all.map((one) => ({
    doc: all.length === 1 ? "" : partsOf(docBefore(source, one.start)).prose,
    members: membersOfType(source, one),
  }));
}

function membersIn(source: Source, nodes: readonly Node[]): Member[] {
  return nodes.flatMap((node) => {
    const key = node["key"] as (Node & { name?: string }) | undefined;
    if (key === undefined) return [];
    const name = key.name ?? source.text.slice(key.start, key.end);
    const isOptional = node["optional"] === true;
    const doc = partsOf(docBefore(source, node.start)).prose;
    if (node.type === "TSMethodSignature") {
      const text = source.text.slice(key.end, node.end).replace(/^\?/, "");
      return [{ name, isOptional, type: plainType(text, true), doc }];
    }
    const annotation = (node["typeAnnotation"] as { typeAnnotation: Node }).typeAnnotation;
    const nested = nestedIn(source, annotation);
    const type = plainType(source.text.slice(annotation.start, annotation.end), isOptional);
    if (nested === null) return [{ name, isOptional, type, doc }];
    const own = { name, isOptional, type: nested.isList ? "list of" : "object", doc };
    return [
      own,
      ...nested.members.map((member) => ({
        ...member,
        name: `${name}${nested.isList ? "[]" : ""}.${member.name}`,
      })),
    ];
  });
}

/** The members of an object that is written in place, or of a list of such. */
function nestedIn(source: Source, type: Node): { isList: boolean; members: Member[] } | null {
  if (type.type === "TSTypeLiteral") return { isList: false, members: membersOfType(source, type) };
  if (type.type === "TSTypeOperator") return nestedIn(source, type["typeAnnotation"] as Node);
  if (type.type === "TSUnionType") {
    const some = (type["types"] as readonly Node[]).filter(
      (one) => one.type !== "TSUndefinedKeyword",
    );
    return some.length === 1 ? nestedIn(source, some[0] as Node) : null;
  }
  if (type.type !== "TSArrayType") return null;
  const inner = nestedIn(source, type["elementType"] as Node);
  return inner === null || inner.isList ? null : { ...inner, isList: true };
}

/** As a reader needs it: in one line, without what only the compiler reads. */
function plainType(text: string, isOptional: boolean): string {
  const inLine = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\breadonly /g, "")
    .replaceAll(/\bTags\b/g, "Record<string, string>")
    .replaceAll("(typeof sources)[number]", "Source")
    .replaceAll(/\bReadonly<(Record<[^<>]*(?:<[^<>]*>)?[^<>]*>)>/g, "$1")
    .replaceAll(/, (?=[)}\]])/g, "")
    .replace(/[;,]\s*$/, "")
    .replace(/^\| /, "")
    .trim();
  return isOptional ? inLine.replace(/ \| undefined\b/, "") : inLine;
}

/** The doc comment that ends right before this place; empty if there is none. */
function docBefore(source: Source, start: number): string {
  const comment = source.comments.findLast(
    ({ value, end }) =>
      value.startsWith("*") && end <= start && /^[\s|&]*$/.test(source.text.slice(end, start)),
  );
  return (comment?.value ?? "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n")
    .trim();
}

/** Links become code, and an example becomes code of its own. */
function partsOf(doc: string): { readonly prose: string; readonly example: string | null } {
  const [prose = "", ...rest] = doc.split(/^@example\s*/m);
  const code = /```ts\n([\s\S]*?)\n```/.exec(rest.join(""))?.[1] ?? null;
  return { prose: prose.replaceAll(/\{@link (\w+)\}/g, "`$1`").trim(), example: code };
}
