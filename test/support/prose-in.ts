/** The prose of a source file: comments without their markers, and the titles of tests. */
import type { Located, SourceParts } from "./texts-in.ts";

/**
 * Strips the markers of a comment, and its code. Paragraphs, list items and tags stay apart, so
 * that each ends its sentence. A code span becomes one word.
 */
export function proseOf(comment: string): string {
  return comment
    .replace(/^\/\*\*?|\*\/$|^\/\//g, "")
    .replaceAll(/\n\s*\*?/g, "\n")
    .replaceAll(/```[\s\S]*?```/g, "")
    .split("\n")
    .filter((line) => !/^\s{3,}\S|^\s*[@|]/.test(line))
    .map((line) => line.trim())
    .join("\n")
    .replaceAll(/`[^`]*`/g, "X")
    .replaceAll(/\n\n+|\n(?=- )/g, ".\n")
    .trim();
}

/** Comments in sequence of single lines are one comment. */
export function joined(comments: readonly Located[]): Located[] {
  const all: Located[] = [];
  let last = -1;
  for (const { line, text } of comments) {
    const before = all.at(-1);
    if (before !== undefined && text.startsWith("//") && line === last + 1)
      all[all.length - 1] = { ...before, text: `${before.text}\n${text.slice(2)}` };
    else all.push({ line, text });
    last = text.startsWith("//") ? line : -1;
  }
  return all;
}

/** The first argument of `describe`, `it` and `test`, also after `.each(…)` and the like. */
export function titlesOf({ texts, code }: SourceParts): readonly Located[] {
  return texts.filter(({ from }) => {
    const before = code.slice(0, from).trimEnd();
    if (!before.endsWith("(")) return false;
    const callee = before.slice(0, -1).trimEnd();
    const name = callee.endsWith(")") ? callee.slice(0, openingOf(callee)) : callee;
    return /\b(?:describe|it|test)(?:\.\w+)*$/.test(name.slice(-40));
  });
}

/** The index of the parenthesis that the last character closes. */
function openingOf(code: string): number {
  let depth = 0;
  for (let at = code.length - 1; at >= 0; at--) {
    if (code[at] === ")") depth++;
    if (code[at] === "(" && --depth === 0) return at;
  }
  return 0;
}
