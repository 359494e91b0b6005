/**
 * How far each control of the catalogue exceeds its limit on machines of several speeds, in virtual
 * time. A control whose margin depends on the machine proves nothing on another one. Prints one row
 * per control: the smallest margin of its seeds at each speed, as a multiple of the limit. Prints
 * one row per experiment with all its defences: whether it holds. The exit status is 1 if a control
 * holds at half, normal or double speed.
 * `experiments/controls-at-other-speeds.simulated.test.ts` tries some of those.
 *
 *   node benchmarks/control-margins.ts [SEEDS=3] [EXPERIMENT…]
 */
import { resolve } from "node:path";
import type { Context } from "../harness/app/context.ts";
import { experimentNames, loadExperiment } from "../harness/app/experiment-files.ts";
import { allowanceUsed } from "../harness/record/run-index.ts";
import { judge } from "../harness/judge/judge.ts";
import { refutedAsExpected, type Reliance, reliancesOf } from "../harness/plan/reliance.ts";
import type { Finding } from "../harness/record/verdict.ts";
import { planned, simulateInMemory } from "../test/support/simulated/in-memory.ts";
import { onMachine } from "../test/support/simulated/machine-speed.ts";

const context = { root: resolve(import.meta.dirname, ".."), cwd: "/" } as Context;
const seeds = Number(process.argv[2] ?? 3);
const chosen = process.argv.slice(3);
const speeds = [4, 2, 1, 0.5, 0.25];
/** The speeds at which each control must be refuted. */
const mustBeRedAt = [2, 1, 0.5];

function margin(finding: Finding): number {
  return finding.status === "refuted" ? (allowanceUsed(finding) ?? Infinity) : 0;
}

const shown = (value: number): string =>
  (Number.isNaN(value)
    ? "no model"
    : value === Infinity
      ? "∞"
      : value === 0
        ? "GREEN"
        : value.toFixed(2)
  ).padStart(9);

const heads = speeds.map((speed) => `${speed}×`.padStart(9));
console.log(`${"experiment".padEnd(22)}${"without".padEnd(22)}${heads.join("")}`);
for (const name of chosen.length > 0 ? chosen : experimentNames(context)) {
  const experiment = await loadExperiment(context, name);
  const kinds = [{ defence: "", refutes: [] as Reliance["refutes"] }, ...reliancesOf(experiment)];
  for (const { defence, refutes } of kinds) {
    const row: string[] = [];
    for (const speed of speeds) {
      let least = Infinity;
      for (let seed = 1; seed <= seeds; seed++) {
        try {
          const run = await simulateInMemory(
            planned(onMachine(experiment, 1 / speed), seed, defence === "" ? [] : [defence]),
          );
          const { findings, status } = judge(run);
          const asExpected = refutedAsExpected(refutes, findings);
          const margins = findings
            .filter((finding) => asExpected.some(({ id }) => id === finding.id))
            .map(margin);
          least = Math.min(
            least,
            defence === "" ? (status === "held" ? Infinity : 0) : Math.max(0, ...margins),
          );
        } catch {
          least = Number.NaN;
        }
      }
      if (defence !== "" && least === 0 && mustBeRedAt.includes(speed)) process.exitCode = 1;
      row.push(
        defence === "" && !Number.isNaN(least)
          ? (least > 0 ? "held" : "not held").padStart(9)
          : shown(least),
      );
    }
    console.log(`${name.padEnd(22)}${(defence || "(all on)").padEnd(22)}${row.join("")}`);
  }
}
