/** The report: one HTML file that opens from disk, needs no network, and runs no script but its own. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { embeddedJson, markup, type Markup, trusted } from "./markup.ts";
import type { ReportModel } from "./model.ts";
import { chartFigures, dashes } from "./page/chart-figures.ts";
import { claims } from "./page/claims.ts";
import { favicon, words } from "./page/icons.ts";
import { record } from "./page/record.ts";
import { summary } from "./page/summary.ts";

const require = createRequire(import.meta.url);

export function renderHtml(model: ReportModel): string {
  const { style, script } = assets();
  const when = model.startedAtMs === null ? "start not recorded" : `${new Date(model.startedAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${`${words[model.status]}: ${model.experiment}${model.without.length === 0 ? "" : ` without ${model.without.join(", ")}`}`}</title>
<link rel="icon" href="${favicon(model.status)}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#claims">Skip to the claims</a>
<header class="page top"><p><b>Seawall</b> ${model.experiment}</p><p class="soft">${`${model.topology} topology on ${model.substrate} · ${when} · ${model.runId}`}</p></header>
<main>
${summary(model)}
${claims(model)}
${chartFigures(model)}
${record(model)}
</main>
<script type="application/json" id="model">${embeddedJson({ ...model, dashes })}</script>
<script>${script}</script>
</body>
</html>
`.text;
}

interface Assets { readonly style: Markup; readonly script: Markup }

let read: Assets | undefined;

/** Read once: the files are part of the program. */
function assets(): Assets {
  if (read !== undefined) return read;
  const page = (name: string): string => readFileSync(join(import.meta.dirname, "page", name), "utf8");
  const uplot = dirname(require.resolve("uplot"));
  const [css, js] = [readFileSync(join(uplot, "uPlot.min.css"), "utf8"), readFileSync(join(uplot, "uPlot.iife.min.js"), "utf8")];
  read = {
    style: trusted([css, page("page.css"), page("sections.css"), page("print.css")].join("\n").replaceAll("</", "<\\/")),
    script: trusted([js, page("backdrop.js"), page("plot.js"), page("page.js")].join("\n").replaceAll("</", "<\\/").replaceAll("<!--", "<\\!--")),
  };
  return read;
}

/** Nothing is loaded, nothing is sent, and only the style sheet and the script with these hashes take effect. */
function policy(style: Markup, script: Markup): string {
  const hash = ({ text }: Markup): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'`;
}
