/** Chooses where the target runs, and says why. */
import { SeawallError } from "../core/errors.ts";
import type { TargetModel } from "../core/model.ts";
import { unknownName } from "../core/nearest.ts";
import type { Support } from "../core/ports.ts";
import type { SubstrateName } from "../core/run.ts";
import { processSupport } from "../substrates/process/support.ts";
import { simulatedSupport } from "../substrates/simulated/injectors.ts";

export interface ChosenSubstrate {
  readonly name: SubstrateName;
  readonly why: string;
  readonly supports: Support;
}

export const substrateChoices = ["auto", "process", "docker", "simulated"] as const;

export function chooseSubstrate(asked: string, model?: TargetModel): ChosenSubstrate {
  if (!(substrateChoices as readonly string[]).includes(asked)) throw new SeawallError("UNKNOWN_NAME", unknownName("substrate", asked, substrateChoices));
  if (asked === "simulated") return { name: "simulated", why: `virtual time, ${model?.title ?? "of which this target has no model"}`, supports: simulatedSupport(model) };
  if (asked === "docker") {
    throw new SeawallError("USAGE", `this version has no ${asked} substrate yet`, { hint: "Use --substrate process, which needs neither an engine nor root." });
  }
  const why = asked === "process" ? "asked for" : "the only one of this version";
  return { name: "process", why, supports: processSupport() };
}
