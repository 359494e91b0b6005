/**
 * The trend of each claim's margin over the runs of an experiment: one line per claim and phase,
 * with its limit.
 */
import { sameClaims } from "../../record/claim-ids.ts";
import type { IndexedClaim, IndexedRun } from "../../record/run-index.ts";
import { markup, type Markup } from "../markup.ts";
import { usedText } from "./claims.ts";
import { mark, words } from "./icons.ts";
import { numberCell, quiet, scrollingTable, section, soft } from "./parts.ts";

/** Older runs are omitted. */
const runsMax = 60;
const width = 240;
const height = 36;
/** Values further beyond the limit are drawn at the border. */
const usedMax = 1.5;

/**
 * Controls are skipped, because they are refuted on purpose. Runs on different substrates or
 * topologies are different lines.
 */
export function trendsSection(runs: readonly IndexedRun[]): Markup | null {
  const groups = [
    ...Map.groupBy(
      runs.filter((run) => run.without.length === 0),
      (run) => `${run.experiment}\n${run.substrate}, ${run.topology}`,
    ),
  ].sort(([a], [b]) => (a < b ? -1 : 1));
  if (groups.length === 0) return null;
  return section("trends", "Margins over time", [
    quiet(
      "Open an experiment to see a line per claim: one point per run, newest on the right. Its " +
        "height is the used part of the allowance; the horizontal line is the limit. Controls " +
        "are omitted.",
    ),
    markup`${groups.map(([key, all]) => group(key, all))}`,
  ]);
}

function group(key: string, all: readonly IndexedRun[]): Markup {
  const [experiment = "", where = ""] = key.split("\n");
  const runs = all.slice(0, runsMax).toReversed();
  const last = runs.at(-1);
  const claims = runs.flatMap((run) => run.claims);
  const sameId = sameClaims(claims);
  const lineOf = (claim: IndexedClaim): string => `${sameId(claim)}\n${claim.phase}`;
  const lines = [...new Set(claims.map(lineOf))];
  const held = runs.filter((run) => run.status === "held").length;
  const latest =
    last === undefined ? null : markup`${soft("last:")} ${mark(last.status)} ${last.status}`;
  const table = scrollingTable(
    `Margins of ${experiment}, ${where}`,
    "trend-table",
    ["Claim", "Phase", { n: "Last used" }, { n: "Most used" }, `Over ${runs.length} runs`],
    markup`<tbody>${lines.map((line) => claimRow(line, lineOf, runs))}</tbody>`,
  );
  return markup`<details class="trend" data-experiment="${experiment}"
  data-substrate="${last?.substrate ?? ""}">
<summary><h3>${experiment}</h3>${soft(`${where}: ${held} of ${runs.length} held`)}
${history(runs)}${latest}</summary>
${table}</details>`;
}

function history(runs: readonly IndexedRun[]): Markup {
  const step = 7;
  const wide = runs.length * step;
  const statuses = runs.map((run) => words[run.status].toLowerCase()).join(", ");
  const bar = ({ status }: IndexedRun, at: number): Markup =>
    status === "held"
      ? markup`<rect class="held" x="${at * step + 1}" y="7" width="5" height="7"/>`
      : markup`<rect class="${status}" x="${at * step + 1}" width="5" height="14"/>`;
  return markup`<svg class="history" width="${wide}" height="14" viewBox="0 0 ${wide} 14" role="img"
  aria-label="${`Verdicts, oldest first: ${statuses}`}">${runs.map(bar)}</svg>`;
}

function claimRow(
  line: string,
  lineOf: (claim: IndexedClaim) => string,
  runs: readonly IndexedRun[],
): Markup {
  const points = runs.map((run) => run.claims.find((claim) => lineOf(claim) === line) ?? null);
  const known = points.flatMap((point) => (point?.used == null ? [] : [point.used]));
  const last = points.findLast((point) => point !== null);
  const most = known.length === 0 ? "—" : usedText(known.reduce((a, b) => Math.max(a, b)));
  return markup`<tr><th scope="row">${last?.title ?? ""}</th><td>${last?.phase ?? ""}</td>
${numberCell(last?.used == null ? "—" : usedText(last.used))}${numberCell(most)}
<td>${sparkline(points)}</td></tr>`;
}

type Point = IndexedRun["claims"][number] | null;

/** Hidden from screen readers, because the numbers are next to it. */
function sparkline(points: readonly Point[]): Markup {
  const step = points.length < 2 ? 0 : Math.min(16, (width - 12) / (points.length - 1));
  const x = (at: number): number =>
    Math.round(10 * (width - 6 - (points.length - 1 - at) * step)) / 10;
  const y = (used: number): number =>
    Math.round(10 * (height - 4 - (Math.min(used, usedMax) / usedMax) * (height - 8))) / 10;
  const drawn = points.flatMap((point, at) =>
    point?.used == null ? [] : [{ at, used: point.used, status: point.status }],
  );
  const path = drawn
    .map(
      ({ at, used }, index) =>
        `${index === 0 || (drawn[index - 1]?.at ?? 0) < at - 1 ? "M" : "L"}${x(at)} ${y(used)}`,
    )
    .join("");
  const dot = ({ at, used, status }: (typeof drawn)[number], index: number): Markup => {
    const centre = markup`cx="${x(at)}" cy="${y(used)}"`;
    return index === drawn.length - 1 || status !== "held"
      ? markup`<circle class="${status}" ${centre} r="${status === "held" ? 2.6 : 3}"/>`
      : markup`<circle class="dot" ${centre} r="1.4"/>`;
  };
  return markup`<svg class="spark" width="${width}" height="${height}"
  viewBox="0 0 ${width} ${height}" aria-hidden="true">
<path class="limit" stroke="#b3261e" d="M0 ${y(1)}H${width}"/>
<path class="line" fill="none" stroke="#888" d="${path}"/>${drawn.map(dot)}</svg>`;
}
