/** The page of settings: what the file, the environment and flags set. */
import { allRecipes } from "../../../harness/provision/catalogue.ts";
import { variables } from "../../../harness/settings/environment.ts";
import { settings } from "../../../harness/settings/settings.ts";
import { code, page, prose, span, table } from "../markdown.ts";
import "../../../targets/live-streaming/tools/recipes.ts";

export function configurationPage(): string {
  const all = Object.values(settings);
  return page(
    "Configuration",
    prose(
      "[Configuration](../configuration.md) says where the file `seawall.config.ts` lies and how " +
        "its paths are read. A flag wins over the environment, the environment over the file, " +
        "and the file over the default.",
    ),
    "## Settings",
    table(
      ["key", "variable", "flag", "type", "default", "what it sets"],
      all.map(({ key, env, flag, kind, fallback, meaning }) => [
        orNone(key),
        orNone(env),
        orNone(flag),
        kind === "list" ? "list of texts" : kind,
        typeof fallback === "string" ? span(fallback) : "none",
        meaning,
      ]),
    ),
    "## The whole file",
    prose("Each key is optional."),
    code(wholeFile()),
    "## Other variables",
    prose("No flag and no key replaces these variables."),
    table(
      ["variable", "what it sets", "default"],
      variables.map(({ name, meaning, fallback }) => [span(name), meaning, fallback]),
    ),
    "## Tools",
    prose(
      "Each tool has a variable that names one of your own. Without it, Seawall looks in `PATH`, " +
        "then in its cache, and gets or builds the tool where it can. `seawall doctor` shows each.",
    ),
    table(
      ["variable", "tool"],
      allRecipes().map(({ variable, name }) => [span(variable), name]),
    ),
  );
}

function orNone(text: string | null): string {
  return text === null ? "–" : span(text);
}

function wholeFile(): string {
  const keyed = Object.values(settings).flatMap(({ key, example }) =>
    key === null ? [] : [{ path: key.split("."), example }],
  );
  const groups = Map.groupBy(keyed, ({ path: [first] }) => first);
  const tree = [...groups].map(([first, all]) => {
    const inside = all.flatMap(({ path: [, second], example }) =>
      second === undefined ? [] : [[second, example] as const],
    );
    return [first, inside.length === 0 ? all[0]?.example : Object.fromEntries(inside)] as const;
  });
  return [
    'import { defineConfig } from "seawall";',
    "",
    "export default defineConfig({",
    ...tree.map(([key, value]) => `  ${key}: ${literal(value)},`),
    "});",
  ].join("\n");
}

function literal(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return JSON.stringify(value).replaceAll(",", ", ");
  const inside = Object.entries(value).map(([key, one]) => `${key}: ${literal(one)}`);
  return `{ ${inside.join(", ")} }`;
}
