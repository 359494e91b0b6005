/**
 * The frame of every page: one HTML file that opens from disk, needs no network, and runs only its
 * own script. A page provides its body and, by name, the files of this folder that it needs in
 * addition to the common style.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Simulated } from "../../record/substrates.ts";
import type { Status } from "../../record/verdict.ts";
import { embeddedJson, markup, type Markup, trusted } from "../markup.ts";
import { favicon } from "./icons.ts";

export interface Shell {
  readonly title: string;
  /** Shown in the browser's tab; null for a page without a verdict. */
  readonly status: Status | null;
  /** The target of the skip link. */
  readonly skipTo: { readonly id: string; readonly text: string };
  /** The line at the top: the subject, and in lighter type the place and time. */
  readonly heading: string;
  readonly subheading: string;
  readonly body: Markup;
  /** How much of what it shows was simulated; such a page looks like one before it is read. */
  readonly simulated?: Simulated;
  /** Style sheets of this folder in addition to the common ones. */
  readonly styles: readonly string[];
  /** Scripts of this folder, in order; each is plain script, used unchanged. */
  readonly scripts: readonly string[];
  /** Whether its scripts render with Preact and htm; both are then included. */
  readonly preact?: boolean;
  /**
   * Whether the page has charts: includes uPlot and the runtime for a common cross-hair and zoom
   * (`axis.js`).
   */
  readonly charts: boolean;
  /** The content of `pageData`. */
  readonly data: unknown;
  /** Whether its scripts may send requests to the page's server; a report sends none. */
  readonly asksItsServer?: boolean;
}

const commonStyles = ["page.css", "sections.css", "print.css"] as const;
const commonScripts = ["common.js"] as const;
const chartScripts = ["backdrop.js", "heat.js", "plot.js", "axis.js"] as const;

/** The page's policy for a server that can also send it as a header. */
export function policyOf(shell: Shell): string {
  return policy(styleOf(shell), scriptOf(shell), shell.asksItsServer === true);
}

export function renderShell(shell: Shell): string {
  const { simulated = "no" } = shell;
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
<title>${titleWords[simulated]}${shell.title}</title>
<link rel="icon" href="${favicon(shell.status)}">
<style>${style}</style>
</head>
<body class="${simulated === "no" ? "" : "simulated"}">
<a class="skip" href="${`#${shell.skipTo.id}`}">${shell.skipTo.text}</a>
<header class="page top"><p><b>Seawall</b> ${shell.heading}</p>
<p class="soft">${shell.subheading}</p></header>
<main>
${notes[simulated]}${shell.body}
</main>
<script type="application/json" id="model">${embeddedJson(shell.data)}</script>
<script>${script}</script>
</body>
</html>
`.text;
}

const titleWords = { no: "", partly: "Partly simulated, ", yes: "Simulated, " } as const;

const notes: Readonly<Record<Simulated, Markup | null>> = {
  no: null,
  partly: note("Partly simulated.", "In some runs, a model of the target ran in virtual time."),
  yes: note("Simulated.", "A model of the target ran in virtual time."),
};

function note(word: string, what: string): Markup {
  return markup`<p class="of-model"><span class="page"><strong>${word}</strong>
${what} This tests the experiment, and proves nothing about the real target.</span></p>
`;
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
/** Its main file is in a separate folder. */
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
 * Nothing is loaded or sent, and only the style sheet and the script with these hashes are active.
 */
function policy(style: Markup, script: Markup, asks: boolean): string {
  const hash = ({ text: content }: Markup): string =>
    `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  return (
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; ` +
    `${asks ? "connect-src 'self'; " : ""}base-uri 'none'; form-action 'none'`
  );
}
