/** Chooses where the target runs, and says why. */
import { SeawallError } from "../core/errors.ts";
import { unknownName } from "../core/nearest.ts";
import type { SubstrateName } from "../core/run.ts";
import type { Target } from "../core/target.ts";
import { simulatedSupport, type Support } from "../faults/faults.ts";
import { engineObstacle } from "../substrates/docker/engine.ts";
import { imageName } from "../substrates/docker/image/image.ts";
import { dockerSupport } from "../substrates/docker/support.ts";
import { processSupport } from "../substrates/process/support.ts";
import type { Context } from "./context.ts";

export interface ChosenSubstrate {
  readonly name: SubstrateName;
  readonly why: string;
  readonly supports: Support;
}

export const substrateChoices = ["auto", "process", "docker", "simulated"] as const;

const notInImage = "its image holds nothing of it";

export async function chooseSubstrate(context: Pick<Context, "env" | "root">, asked: string, { model, own }: Pick<Target, "model" | "own">): Promise<ChosenSubstrate> {
  if (!(substrateChoices as readonly string[]).includes(asked)) throw new SeawallError("UNKNOWN_NAME", unknownName("substrate", asked, substrateChoices));
  if (asked === "simulated") return { name: "simulated", why: `virtual time, ${model?.title ?? "of which this target has no model"}`, supports: simulatedSupport };
  if (asked === "docker" && own === true) throw new SeawallError("USAGE", `the docker substrate cannot run a target of your own: ${notInImage}`, { hint: "Use --substrate process; what runs in containers can be brought up with `outside`." });
  if (asked === "docker") return { name: "docker", why: "asked for", supports: dockerSupport() };
  if (asked === "process") return { name: "process", why: "asked for", supports: processSupport() };
  if (own === true) return { name: "process", why: `not docker: ${notInImage}`, supports: processSupport() };
  // Nobody who only wants a verdict should wait for minutes while an image is built.
  const obstacle = await engineObstacle(context.env, imageName(context.root));
  return obstacle === null
    ? { name: "docker", why: "an engine answers and has the image", supports: dockerSupport() }
    : { name: "process", why: `not docker: ${obstacle}`, supports: processSupport() };
}
