/** Whether the load generator can be trusted, in figures per phase. */
import { formatValue } from "../../phrases/format.ts";
import { concernsGenerator } from "../../judge/subjects.ts";
import { markup, type Markup } from "../markup.ts";
import type { ReportModel } from "../model.ts";
import { rule } from "./claims.ts";
import { quiet, section } from "./parts.ts";
import type { Section } from "./section.ts";
import { table } from "./table.ts";

export const health: Section = { id: "generator", link: "Load generator", position: 40, body };

function body({ generator, judgedPhases, evidence }: ReportModel): Markup | null {
  if (generator.length === 0 || judgedPhases.length === 0) return null;
  const open = evidence.filter((row) => row.status !== "held" && concernsGenerator(row));
  return section("generator", "Can the load generator be trusted?", [
    open.length === 0
      ? quiet(
          "All load-generator checks passed. If they had not, these figures would describe the " +
            "generator, not the target.",
        )
      : markup`<ul class="rules">${open.map(rule)}</ul>`,
    table({
      label: "Health of the load generator, by phase",
      head: ["", ...judgedPhases, "wanted"],
      numeric: judgedPhases.map((_, index) => index + 1),
      rows: generator.map((row) => [
        row.label,
        ...row.byPhase.map((value) => formatValue(value, row.unit)),
        row.wanted,
      ]),
    }),
  ]);
}
