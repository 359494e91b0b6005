/**
 * Splits a TypeScript or JavaScript file into its texts (string literals and templates), its
 * comments, and its code without the content of either.
 */

export interface Located {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface SourceParts {
  /** A template is one text, with … per value; texts in its values are separate texts. */
  readonly texts: readonly (Located & { readonly from: number })[];
  /** With their markers; each line comment is separate. */
  readonly comments: readonly Located[];
  /** As long as the source: blanks replace comments and the content of texts. */
  readonly code: string;
}

/** After one of these, a slash begins a regular expression. */
const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/;

export function textsIn(source: string): readonly Located[] {
  return splitSource(source).texts;
}

export function splitSource(source: string): SourceParts {
  const texts: (Located & { from: number })[] = [];
  const comments: Located[] = [];
  const blanks: [number, number][] = [];
  const lineAt = lineFinder(source);
  let at = 0;
  const blank = (from: number, until: number): void => void blanks.push([from, until]);
  const comment = (end: string): void => {
    const from = at;
    const found = source.indexOf(end, at);
    at = found < 0 ? source.length : found + end.length;
    comments.push({ line: lineAt(from), text: source.slice(from, at).trimEnd() });
    blank(from, at);
  };
  /** Until the brace that ends a template's value, or the end of the file. */
  const code = (inTemplate: boolean): void => {
    let depth = 0;
    let before = "";
    while (at < source.length) {
      const next = indexOfAny(source, at);
      before = (before + source.slice(at, next)).slice(-40);
      at = next;
      const character = source[at];
      if (source.startsWith("//", at) && !/["'`]/.test(before.at(-1) ?? "")) comment("\n");
      else if (source.startsWith("/*", at)) comment("*/");
      else if (character === '"' || character === "'") quoted(character);
      else if (character === "`") template();
      else if (character === "/" && beforeRegex.test(before)) regex();
      else {
        if (character === "{") depth++;
        if (character === "}" && depth-- === 0 && inTemplate) return;
        before = (before + (character ?? "")).slice(-40);
        at++;
        continue;
      }
      before = character === "/" ? before : `${before}x`;
    }
  };
  const quoted = (quote: string): void => {
    const from = at++;
    while (at < source.length && source[at] !== quote && source[at] !== "\n")
      at += source[at] === "\\" ? 2 : 1;
    blank(from + 1, at);
    texts.push({ line: lineAt(from), from, text: source.slice(from + 1, at++) });
  };
  const template = (): void => {
    const from = at++;
    let text = "";
    while (at < source.length && source[at] !== "`") {
      if (source.startsWith("${", at)) {
        at += 2;
        code(true);
        at++;
        text += "…";
      } else {
        const length = source[at] === "\\" ? 2 : 1;
        text += source.slice(at, at + length);
        blank(at, at + length);
        at += length;
      }
    }
    at++;
    texts.push({ line: lineAt(from), from, text });
  };
  const regex = (): void => {
    const from = at + 1;
    let inClass = false;
    for (at++; at < source.length && source[at] !== "\n"; at++) {
      if (source[at] === "\\") at++;
      else if (source[at] === "[") inClass = true;
      else if (source[at] === "]") inClass = false;
      else if (source[at] === "/" && !inClass) break;
    }
    blank(from, at);
    at++;
  };
  code(false);
  return { texts, comments, code: blanked(source, blanks) };
}

/** The index of the next character that may begin or end something, or the source's length. */
function indexOfAny(source: string, from: number): number {
  const marks = /["'`/{}]/g;
  marks.lastIndex = from;
  return marks.exec(source)?.index ?? source.length;
}

/** Offset → line, by binary search. */
function lineFinder(source: string): (offset: number) => number {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function blanked(source: string, blanks: readonly (readonly [number, number])[]): string {
  let [code, at] = ["", 0];
  for (const [from, until] of blanks) {
    if (from < at) continue;
    code += source.slice(at, from) + source.slice(from, until).replaceAll(/[^\n]/g, " ");
    at = until;
  }
  return code + source.slice(at);
}
