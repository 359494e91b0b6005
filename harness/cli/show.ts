/** `seawall list`: what there is. Starts nothing. */
import { defencesOf } from "../core/reliance.ts";
import type { Context } from "./context.ts";
import { experimentNames, loadExperiment } from "./experiments.ts";

export async function list(context: Context, json: boolean): Promise<number> {
  const experiments = await Promise.all(experimentNames(context).map((name) => loadExperiment(context, name)));
  if (json) {
    for (const experiment of experiments) {
      const { name, title, tier, topology, target } = experiment;
      context.stdout.write(`${JSON.stringify({ name, title, tier, topology, topologies: Object.keys(target.topologies), reliesOn: defencesOf(experiment), defences: target.defences.map((defence) => defence.name) })}\n`);
    }
    return 0;
  }
  const width = Math.max(...experiments.map((experiment) => experiment.name.length));
  for (const experiment of experiments) {
    context.stdout.write(`${experiment.name.padEnd(width)}  ${experiment.title} (${experiment.tier}; topology ${experiment.topology})\n`);
    context.stdout.write(`${" ".repeat(width)}  relies on ${defencesOf(experiment).join(", ") || "no defence"}\n`);
  }
  for (const target of new Set(experiments.map((experiment) => experiment.target))) {
    context.stdout.write(`\nDefences of ${target.name} (switch one off with --without NAME):\n`);
    const longest = Math.max(...target.defences.map((defence) => defence.name.length));
    for (const defence of target.defences) context.stdout.write(`  ${defence.name.padEnd(longest)}  ${defence.title}\n`);
  }
  return 0;
}
