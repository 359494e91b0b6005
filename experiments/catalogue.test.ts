/** The catalogue's pages agree with the code. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Context } from "../harness/app/context.ts";
import { experimentNames, loadExperiment } from "../harness/app/experiment-files.ts";
import { workloadPlays } from "../harness/app/workload-files.ts";
import { streaming } from "../targets/live-streaming/pack/pack.ts";
import { defencesOf } from "../harness/plan/reliance.ts";
import { pageText, recorded, tableIn, withTable } from "./repeated/recorded.ts";
import { kindsOf, repeatedTable } from "./repeated/repeated.ts";

const context = { root: resolve(import.meta.dirname, ".."), cwd: "/" } as Context;
const catalogue = await Promise.all(
  experimentNames(context).map((name) => loadExperiment(context, name)),
);

/** The cells of the first table, by the name in its first column. */
function rowsOf(text: string): Map<string, readonly string[]> {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const last = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  return new Map(
    lines
      .slice(first + 2, last)
      .map((line) =>
        line
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
      .map(([name = "", ...cells]) => [name.replaceAll("`", ""), cells]),
  );
}

describe("the description in a workload", () => {
  const loads = catalogue.flatMap(({ load }) => load);
  const workloads = [...new Set(loads.map(({ workload }) => workload))];

  it.each(workloads)("is parsed in each form: %s", (workload) => {
    const text = readFileSync(join(streaming.workloads ?? "", `${workload}.ts`), "utf8");
    const said = /^export const plays = [\s\S]*?^\} as const;/m.exec(text)?.[0] ?? "";
    const plays = workloadPlays(streaming, workload) ?? {};
    expect(Object.values(plays).flat()).toHaveLength(said.split("metric:").length - 1);
    for (const { exec } of loads.filter((load) => load.workload === workload))
      expect(plays[exec]).not.toEqual([]);
  });
});

describe("the catalogue's table", () => {
  const rows = rowsOf(readFileSync(join(import.meta.dirname, "README.md"), "utf8"));

  it("has one row for each experiment and no others", () => {
    expect([...rows.keys()].sort()).toEqual(catalogue.map(({ name }) => name).sort());
  });

  it.each(catalogue.map((experiment) => [experiment.name, experiment] as const))(
    "gives the tier and defences of %s",
    (name, experiment) => {
      const [what = "", tier = "", relied = ""] = rows.get(name) ?? [];
      expect(what).not.toBe("");
      expect(tier).toBe(experiment.tier);
      expect([...relied.matchAll(/`([^`]+)`/g)].map(([, defence]) => defence).sort()).toEqual(
        defencesOf(experiment).sort(),
      );
    },
  );
});

describe("the table of repeated runs", () => {
  it("is the summary of the recorded runs, which `node benchmarks/repeat.ts 0` writes", () => {
    expect(tableIn(pageText())).toBe(repeatedTable(kindsOf(catalogue), recorded()));
  });

  it("has figures under claim ids only", () => {
    const ids = recorded().flatMap(({ figures }) => Object.keys(figures));
    expect(ids.filter((id) => !/^(claim|recovery)\.[^ ]+$/.test(id))).toEqual([]);
  });

  it("replaces the old table", () => {
    expect(withTable(pageText(), "a $& table")).toContain("-->\n\na $& table\n\n<!--");
  });
});
