/**
 * The texts of a TypeScript or JavaScript file: its string literals and templates, without its
 * comments.
 */

/** After one of these, a slash begins a regular expression. */
const beforeRegex = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of))\s*$/;

/** A template is one text, with … for each value. Texts in its values are separate. */
export function textsIn(source: string): { readonly line: number; readonly text: string }[] {
  const texts: { line: number; text: string }[] = [];
  let at = 0;
  const lineAt = (index: number): number => source.slice(0, index).split("\n").length;
  const skipTo = (end: string): void => {
    const found = source.indexOf(end, at);
    at = found < 0 ? source.length : found + end.length;
  };
  /** Until the brace that ends a template's value, or the end of the file. */
  const code = (inTemplate: boolean): void => {
    let depth = 0;
    let before = "";
    while (at < source.length) {
      const character = source[at] as string;
      if (source.startsWith("//", at) && !/["'`]/.test(before.at(-1) ?? "")) skipTo("\n");
      else if (source.startsWith("/*", at)) skipTo("*/");
      else if (character === '"' || character === "'") quoted(character);
      else if (character === "`") template();
      else if (character === "/" && beforeRegex.test(before)) regex();
      else {
        if (character === "{") depth++;
        if (character === "}" && depth-- === 0 && inTemplate) return;
        at++;
        before = (before + character).slice(-40);
        continue;
      }
      before = character === "/" ? before : `${before}x`;
    }
  };
  const quoted = (quote: string): void => {
    const from = at++;
    while (at < source.length && source[at] !== quote && source[at] !== "\n")
      at += source[at] === "\\" ? 2 : 1;
    texts.push({ line: lineAt(from), text: source.slice(from + 1, at++) });
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
        at += length;
      }
    }
    at++;
    texts.push({ line: lineAt(from), text });
  };
  const regex = (): void => {
    let inClass = false;
    for (at++; at < source.length && source[at] !== "\n"; at++) {
      if (source[at] === "\\") at++;
      else if (source[at] === "[") inClass = true;
      else if (source[at] === "]") inClass = false;
      else if (source[at] === "/" && !inClass) break;
    }
    at++;
  };
  code(false);
  return texts;
}
