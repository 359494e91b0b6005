/** EXT-X-DEFINE: variables of a playlist, which stand as `{$name}` in its lines. */
import { attributesOf } from "./tags.ts";

export type Variables = Record<string, string>;

/** How often one line may hold a variable. */
const replacementsMax = 100;

/** Adds what this tag defines: here, in the multivariant playlist, or in the address's query. */
export function define(
  variables: Variables,
  value: string,
  url: string,
  imported: Readonly<Variables> = {},
): void {
  const { NAME, VALUE, IMPORT, QUERYPARAM } = attributesOf(value);
  if (NAME !== undefined) variables[NAME] = VALUE ?? "";
  else if (IMPORT !== undefined) variables[IMPORT] = imported[IMPORT] ?? "";
  else if (QUERYPARAM !== undefined) variables[QUERYPARAM] = queryOf(url, QUERYPARAM);
}

function queryOf(url: string, name: string): string {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? "";
  const pair = query.split("&").find((one) => one.split("=")[0] === name);
  const value = pair?.slice(name.length + 1) ?? "";
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export function replaceVariables(line: string, variables: Readonly<Variables>): string {
  let left = replacementsMax;
  return line.replaceAll(/\{\$([A-Za-z0-9_-]+)\}/g, (whole, name: string) =>
    left-- > 0 ? (variables[name] ?? whole) : whole,
  );
}
