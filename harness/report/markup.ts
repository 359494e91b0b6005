/** Generates HTML and XML in which all text is escaped unless this module itself made it markup. */
import { plain } from "./plain.ts";

const brand: unique symbol = Symbol("markup");

/** Markup that is safe to output. Only {@link markup} and {@link trusted} create it. */
export interface Markup {
  readonly [brand]: true;
  readonly text: string;
}

type Piece = string | number | Markup | readonly Markup[] | null;

/**
 * Tagged template: the template is markup; inserted values are escaped, in text and in
 * double-quoted attributes alike.
 */
export function markup(template: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return trusted(
    template.reduce((text, part, index) => text + written(pieces[index - 1] ?? null) + part),
  );
}

/** For Seawall's own style sheet and script, never for external text. */
export function trusted(text: string): Markup {
  return { [brand]: true, text };
}

export function escaped(text: string): string {
  return plain(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * JSON inside a script element: no part of it can end the element, open a comment, or end a script
 * line.
 */
export function embeddedJson(value: unknown): Markup {
  return trusted(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

function written(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "number") return String(piece);
  if (typeof piece === "string") return escaped(piece);
  return "text" in piece ? piece.text : piece.map((one) => one.text).join("");
}
