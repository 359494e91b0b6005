/**
 * What no source checks in a run of this target, known in advance. The verdict's reader must not
 * assume that it was checked.
 */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import type { Layout } from "../target/layout.ts";
import type { Harm } from "../target/harm.ts";
import type { Pack } from "../target/pack.ts";

/** One sentence each. For a model, the plan lists its omissions separately. */
export function blindSpots(
  layout: Layout,
  substrate: SubstrateName,
  pack?: Pack,
): readonly string[] {
  if (isVirtual(substrate)) return [];
  const { services, entries } = layout;
  const elsewhere = entries
    .map(({ service }) => service)
    .filter((name) => services.find((one) => one.name === name)?.at !== undefined);
  return [
    ...(pack?.blindSpots?.(layout) ?? []),
    ...(elsewhere.length === 0
      ? []
      : [
          `${elsewhere.join(", ")}: Seawall does not run them, so their output is not ` +
            "counted; what the generator reads and this machine receives is",
        ]),
  ];
}

/**
 * The class that is protected most has claims on what its users get, and none on how long they
 * wait. Then an answer that comes after many refusals, at the last moment, counts as a good one.
 */
export function unlimitedWait(
  { load, hypothesis }: Pick<Experiment, "load" | "hypothesis">,
  harm: Harm | undefined,
): readonly string[] {
  const lane = harm?.classes[0]?.lane;
  if (harm === undefined || lane === undefined || !load.some((one) => one.lane === lane)) return [];
  const about = hypothesis.filter(({ where }) => [lane, undefined].includes(where?.["lane"]));
  const limitsWait = (claim: Claim): boolean => {
    const { readsValues, unit, having } = statisticOf(claim);
    return (readsValues && unit === null) || having(claim)?.["le"] !== undefined;
  };
  const isClaimed = about.some(({ metric }) => metric === harm.metric);
  return !isClaimed || about.some(limitsWait)
    ? []
    : [
        `no claim limits how long ${lane} users wait: an answer after many refusals, just before ` +
          "they give up, counts as a good one",
      ];
}
