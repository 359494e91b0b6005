/**
 * What the user lets through with `--keep`: a path as a template. Its words are kept as they are.
 * `{name}` keeps any short name, `{number}` is the number, and `*` replaces one part by `~`.
 */
import { SeawallError } from "../base/errors.ts";
import type { PathPiece, Recognised } from "../target/recorded.ts";

const slot = /(\{name\}|\{number\}|\*)/;

/** Throws `USAGE` for a template that keeps nothing or everything. */
export function keeping(template: string): (path: string) => Recognised | null {
  if (!template.startsWith("/") || /[?#{}\s]/.test(template.replaceAll(/\{(?:name|number)\}/g, "")))
    throw new SeawallError("USAGE", `--keep "${template}" is no path such as /live/{name}.m3u8`, {
      hint: "`{name}` keeps a name, `{number}` marks the number, and `*` drops one part.",
    });
  if (template.split("{number}").length > 2)
    throw new SeawallError("USAGE", `--keep "${template}" has more than one {number}`);
  const parts = template.split(slot).filter((part) => part !== "");
  const pattern = new RegExp(
    `^${parts
      .map((part) => {
        if (part === "{number}") return "(\\d{1,15})";
        if (part === "{name}") return "([A-Za-z0-9_-]{1,32})";
        return part === "*" ? "([^/]{1,256})" : `(${part.replaceAll(/[.+^$()|[\]\\]/g, "\\$&")})`;
      })
      .join("")}$`,
  );
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return null;
    let number: number | null = null;
    const pieces = parts.map((part, index): PathPiece => {
      const text = match[index + 1] as string;
      if (part === "{number}") {
        number = Number(text);
        return "number";
      }
      return part === "*" ? { unknown: "" } : { text };
    });
    return { kind: "kept", pieces, number };
  };
}
