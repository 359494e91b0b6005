/* Activates the report of a run. */
"use strict";
onOneAxis(pageData);
copies(
  document.getElementById("copy"),
  document.getElementById("command"),
  document.getElementById("copied"),
);

/** Spreadsheets treat text with these first characters as a formula, so it is escaped. */
const cell = (text) =>
  `"${String(text)
    .replace(/^(?=[=+\-@\t])/, "'")
    .replaceAll('"', '""')}"`;

function csv() {
  const { axis, phases, charts } = pageData;
  const columns = charts.flatMap((chart) =>
    columnsOf(chart).map(({ label, unit, values }) => ({
      name: `${chart.title}: ${label}${unit === "" ? "" : ` [${unit}]`}`,
      values,
    })),
  );
  const lines = Array.from({ length: axis.buckets }, (_, at) => {
    const fromMs = axis.firstBucketMs + at * axis.bucketMs;
    const phase = phases.findLast((band) => band.fromMs <= fromMs + axis.bucketMs / 2)?.phase ?? "";
    return [fromMs / 1000, cell(phase), ...columns.map(({ values }) => values[at] ?? "")].join(",");
  });
  // With the mark by which Excel recognises UTF-8.
  const names = columns.map(({ name }) => cell(name));
  const head = ['"seconds since the baseline began"', '"phase"', ...names].join(",");
  return `\ufeff${head}\n${lines.join("\n")}\n`;
}

const fileName = `${pageData.experiment}-${pageData.runId}`;
document
  .getElementById("download-csv")
  .addEventListener("click", () => download(`${fileName}.intervals.csv`, "text/csv", csv()));
document.getElementById("download").addEventListener("click", () => {
  download(`${fileName}.report.json`, "application/json", JSON.stringify(pageData, null, 1));
});
