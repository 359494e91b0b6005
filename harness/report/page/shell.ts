/**
 * The frame of every page that Seawall writes: one HTML file that opens from disk, needs no
 * network, and runs no script but its own. A page brings its own body and, by name, what it needs
 * besides the common style from this folder.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Status } from "../../record/verdict.ts";
import { embeddedJson, markup, type Markup, trusted } from "../markup.ts";
import { favicon } from "./icons.ts";

export interface Shell {
  readonly title: string;
  /** Shown in the browser's tab; null for a page that is no verdict. */
  readonly status: Status | null;
  /** What the skip link leads to. */
  readonly skipTo: { readonly id: string; readonly text: string };
  /** The line above everything: what this is about, and in softer ink where and when. */
  readonly heading: string;
  readonly subheading: string;
  readonly body: Markup;
  /** Style sheets of this folder beside the common ones. */
  readonly styles: readonly string[];
  /** Scripts of this folder, in order; each is plain script, as it stands. */
  readonly scripts: readonly string[];
  /** Whether its scripts render with Preact and htm: brings both, as one file. */
  readonly preact?: boolean;
  /**
   * Whether charts are drawn: brings uPlot and the runtime that shares one cross-hair and one zoom
   * (`axis.js`).
   */
  readonly charts: boolean;
  /** What the scripts find in `pageData`. */
  readonly data: unknown;
  /** Whether its scripts may ask whoever served the page; a report asks nobody. */
  readonly asksItsServer?: boolean;
}

const commonStyles = ["page.css", "sections.css", "print.css"] as const;
const commonScripts = ["common.js"] as const;
const chartScripts = ["backdrop.js", "heat.js", "plot.js", "axis.js"] as const;

/** The page's policy for a server that can send it as a header, too. */
export function policyOf(shell: Shell): string {
  return policy(styleOf(shell), scriptOf(shell), shell.asksItsServer === true);
}

export function renderShell(shell: Shell): string {
  const style = styleOf(shell);
  const script = scriptOf(shell);
  const allowed = policyOf(shell);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${shell.title}</title>
<link rel="icon" href="${favicon(shell.status)}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="${`#${shell.skipTo.id}`}">${shell.skipTo.text}</a>
<header class="page top"><p><b>Seawall</b> ${shell.heading}</p>
<p class="soft">${shell.subheading}</p></header>
<main>
${shell.body}
</main>
<script type="application/json" id="model">${embeddedJson(shell.data)}</script>
<script>${script}</script>
</body>
</html>
`.text;
}

const require = createRequire(import.meta.url);
const texts = new Map<string, string>();

/** Read once: the files are part of the program. */
function text(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const read = readFileSync(path, "utf8");
  texts.set(path, read);
  return read;
}

const own = (name: string): string => text(join(import.meta.dirname, name));
/** Its main file lies in a folder of its own. */
const htm = (name: string): string => text(join(dirname(require.resolve("htm")), "..", name));
const uplot = (name: string): string => text(join(dirname(require.resolve("uplot")), name));

function styleOf({ styles, charts }: Shell): Markup {
  const sheets = [
    ...(charts ? [uplot("uPlot.min.css")] : []),
    ...[...commonStyles, ...styles].map(own),
  ];
  return trusted(sheets.join("\n").replaceAll("</", "<\\/"));
}

function scriptOf({ scripts, charts, preact = false }: Shell): Markup {
  const parts = [
    ...(preact ? [htm("preact/standalone.umd.js")] : []),
    ...(charts ? [uplot("uPlot.iife.min.js"), ...chartScripts.map(own)] : []),
    ...[...commonScripts, ...scripts].map(own),
  ];
  return trusted(parts.join("\n").replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--"));
}

/**
 * Nothing is loaded, nothing is sent, and only the style sheet and the script with these hashes
 * take effect.
 */
function policy(style: Markup, script: Markup, asks: boolean): string {
  const hash = ({ text: content }: Markup): string =>
    `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  return (
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; ` +
    `${asks ? "connect-src 'self'; " : ""}base-uri 'none'; form-action 'none'`
  );
}
