/** What several runners cannot share. */
import type { Experiment } from "../../experiment/experiment.ts";
import { runnersMax } from "../../record/runners.ts";
import { isVirtual } from "../../record/substrates.ts";
import type { PlanOptions } from "../options.ts";

export function runnerProblems(
  { load, requestsPerSecondMax }: Pick<Experiment, "load" | "requestsPerSecondMax">,
  { runners, substrate }: Pick<PlanOptions, "runners" | "substrate">,
): string[] {
  if (runners == null) return [];
  const { count } = runners;
  if (isVirtual(substrate))
    return ["--runners: in virtual time no generator runs, so there is nothing to share"];
  return [
    ...(count > runnersMax ? [`--runners: ${count} are too many; at most ${runnersMax}`] : []),
    ...(requestsPerSecondMax !== undefined && requestsPerSecondMax < count
      ? [
          `--runners: requestsPerSecondMax ${requestsPerSecondMax} cannot be divided among ` +
            `${count} runners; each needs at least 1`,
        ]
      : []),
    ...load
      .filter(({ replay }) => replay !== undefined)
      .map(({ name }) => `load ${name}: a replay cannot be divided among runners`),
    ...load
      .filter(({ vus }) => vus < count)
      .map(({ name, vus }) => `load ${name}: ${vus} vus cannot be divided among ${count} runners`),
  ];
}
