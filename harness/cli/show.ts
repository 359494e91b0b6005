/** `seawall list`: what there is. Starts nothing. */
import { defencesOf } from "../core/reliance.ts";
import { wrap } from "../report/paint.ts";
import { oneLine } from "../report/plain.ts";
import type { Context } from "./context.ts";
import { experimentNames, loadExperiment } from "./experiments.ts";

export async function list(context: Context, json: boolean): Promise<number> {
  const experiments = await Promise.all(experimentNames(context).map((name) => loadExperiment(context, name)));
  if (json) {
    for (const experiment of experiments) {
      const { name, title, tier, topology, target } = experiment;
      context.stdout.write(`${JSON.stringify({ format: "seawall-experiment/1", name, title, tier, topology, topologies: Object.keys(target.topologies), reliesOn: defencesOf(experiment), defences: target.defences.map((defence) => defence.name) })}\n`);
    }
    return 0;
  }
  const across = Math.min(100, Math.max(60, context.stdout.columns));
  const width = Math.max(...experiments.map((experiment) => experiment.name.length));
  const row = (first: string, wide: number, text: string): void =>
    context.stdout.write(wrap(oneLine(text), across - wide - 2).map((line, index) => `${(index === 0 ? first : "").padEnd(wide)}  ${line}\n`).join(""));
  for (const experiment of experiments) {
    row(experiment.name, width, `${experiment.title} (${experiment.tier}; topology ${experiment.topology})`);
    row("", width, `relies on ${defencesOf(experiment).join(", ") || "no defence"}`);
  }
  for (const target of new Set(experiments.map((experiment) => experiment.target))) {
    context.stdout.write(`\nDefences of ${target.name} (switch one off with --without NAME):\n`);
    const longest = Math.max(...target.defences.map((defence) => defence.name.length));
    for (const defence of target.defences) row(`  ${defence.name}`, longest + 2, defence.title);
  }
  return 0;
}
