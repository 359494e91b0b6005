/**
 * The HTTP proxy on links that a planned fault on answers strikes. It stands before their
 * Toxiproxy, and passes everything on until a rule says otherwise. Rules end with the process.
 *
 *   node main.ts SETTINGS.json
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Knowledge } from "../../target/bad-answer.ts";
import { serveControl } from "./control.ts";
import { Passage } from "./passage.ts";
import { Rules } from "./rules.ts";
import type { FaultProxySettings } from "./settings.ts";

const [path = ""] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(path, "utf8")) as FaultProxySettings;
const known = new Map<string, Knowledge>();
for (const module of settings.modules) {
  const { knowledge } = (await import(pathToFileURL(module).href)) as { knowledge: Knowledge };
  known.set(module, knowledge);
}
const rules = new Rules(known);
const passages = new Map(settings.links.map((link) => [link.name, new Passage(link, rules)]));
await Promise.all([...passages.values()].map((passage) => passage.accept(true)));
await serveControl(settings, rules, passages);
