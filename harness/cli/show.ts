/** `seawall list` and `seawall plan`: what there is, and what would happen. Neither starts anything. */
import { describeFault, sheetOf } from "../core/faults.ts";
import { phases } from "../core/experiment.ts";
import type { Planned } from "../core/plan.ts";
import type { Context } from "./context.ts";
import { experimentNames, loadExperiment } from "./experiments.ts";

export async function list(context: Context, json: boolean): Promise<number> {
  const experiments = await Promise.all(experimentNames(context).map((name) => loadExperiment(context, name)));
  if (json) {
    for (const { name, title, tier, reliesOn, topology, target } of experiments) {
      context.stdout.write(`${JSON.stringify({ name, title, tier, topology, topologies: Object.keys(target.topologies), reliesOn, defences: target.defences.map((defence) => defence.name) })}\n`);
    }
    return 0;
  }
  const width = Math.max(...experiments.map((experiment) => experiment.name.length));
  for (const experiment of experiments) {
    context.stdout.write(`${experiment.name.padEnd(width)}  ${experiment.title} (${experiment.tier}; topology ${experiment.topology})\n`);
    context.stdout.write(`${" ".repeat(width)}  relies on ${experiment.reliesOn.join(", ") || "no defence"}\n`);
  }
  for (const target of new Set(experiments.map((experiment) => experiment.target))) {
    context.stdout.write(`\nDefences of ${target.name} (switch one off with --without NAME):\n`);
    const longest = Math.max(...target.defences.map((defence) => defence.name.length));
    for (const defence of target.defences) context.stdout.write(`  ${defence.name.padEnd(longest)}  ${defence.title}\n`);
  }
  return 0;
}

export function showPlan(context: Context, { plan }: Planned, json: boolean): number {
  if (json) {
    context.stdout.write(`${JSON.stringify(plan)}\n`);
    return 0;
  }
  const total = plan.leadInMs + phases.reduce((sum, phase) => sum + plan.phasesMs[phase], 0);
  const lines = [
    `${plan.title}`, "", ...plan.story.split("\n").map((line) => `  ${line.trim()}`), "",
    `substrate  ${plan.substrate} (${plan.substrateWhy})`,
    `target     ${plan.target}, topology ${plan.topology}, ${plan.services.length} services${plan.without.length === 0 ? "" : `, without ${plan.without.join(", ")}`}`,
    `seed       ${plan.seed}`,
    `takes      ${total / 1000} s once the target is up`, "", "Timeline", ...timeline(plan), "", "Claims",
    ...plan.hypothesis.map((claim) => `  ${claim.title} (${claim.during.join(", ")}): ${claim.metric} ${claim.statistic} ${claim.comparison} ${typeof claim.limit === "number" ? claim.limit : `${claim.limit.times} × ${claim.limit.of}`}`),
    ...(plan.recovery === null ? [] : [`  ${plan.recovery.title}: within ${plan.recovery.withinMs / 1000} s of the last heal`]),
    "", `Run it: ${plan.rerun}`,
  ];
  context.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

function timeline(plan: Planned["plan"]): string[] {
  const faultMs = plan.leadInMs + plan.phasesMs.baseline;
  const rate = (phase: "baseline" | "fault" | "recovery"): string => plan.load.map((load) => `${load.name} ${load.ratePerSecond[phase]}/s`).join(", ");
  const rows: [number, string][] = [
    [0, `lead-in (not judged): ${rate("baseline")}`],
    [plan.leadInMs, `baseline: ${rate("baseline")}`],
    [faultMs, `fault: ${rate("fault")}`],
    [faultMs + plan.phasesMs.fault, `recovery: ${rate("recovery")}`],
    ...plan.steps.flatMap((step): [number, string][] => [
      [faultMs + step.atMs, `  ${describeFault(step.fault)}; landed when ${sheetOf(step.fault).proof}`],
      [faultMs + step.atMs + step.forMs, `  undo ${describeFault(step.fault)}: ${sheetOf(step.fault).undo}`],
    ]),
  ];
  return rows.sort((a, b) => a[0] - b[0]).map(([atMs, text]) => `  ${(atMs / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
