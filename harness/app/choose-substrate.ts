/** Chooses the substrate, and says why. */
import { SeawallError } from "../base/errors.ts";
import { unknownName } from "../base/nearest.ts";
import {
  isSubstrate,
  type SubstrateName,
  substrateNames,
  substrates,
} from "../record/substrates.ts";
import type { Target } from "../target/target.ts";
import type { Support } from "../faults/faults.ts";
import { adapterOf } from "../substrates/registry.ts";
import type { Context } from "./context.ts";
import type { RunRequest } from "./options.ts";

export interface ChosenSubstrate {
  readonly name: SubstrateName;
  readonly why: string;
  readonly supports: Support;
}

export const substrateChoices: readonly string[] = ["auto", ...substrateNames];

type Ground = Pick<Context, "env" | "root">;
type Asked = Pick<Target, "model" | "own" | "runsOn">;

export async function chooseSubstrate(
  ground: Ground,
  { substrate: asked, allowContexts }: Pick<RunRequest, "substrate" | "allowContexts">,
  target: Asked,
): Promise<ChosenSubstrate> {
  const { runsOn } = target;
  if (asked === "auto" && runsOn === undefined) return automatic(ground, target);
  const name = asked === "auto" ? (runsOn ?? asked) : asked;
  if (!isSubstrate(name))
    throw new SeawallError("UNKNOWN_NAME", unknownName("substrate", name, substrateChoices));
  if (runsOn !== undefined && name !== runsOn)
    throw new SeawallError("USAGE", `the ${name} substrate cannot run this target`, {
      hint: `Use --substrate ${runsOn}, or none.`,
    });
  const adapter = await adapterOf(name);
  const refusal = adapter.refusal(target);
  if (refusal !== null)
    throw new SeawallError(
      "USAGE",
      `the ${name} substrate cannot run a target of your own: ${refusal.why}`,
      { hint: refusal.hint },
    );
  const forbidden = adapter.forbidden?.(ground, allowContexts) ?? null;
  if (forbidden !== null) throw new SeawallError("USAGE", forbidden.why, { hint: forbidden.hint });
  return { name, why: adapter.why("asked", target), supports: adapter.supports(target) };
}

/** The first substrate that is ready; otherwise the fallback, with the obstacles of the others. */
async function automatic(ground: Ground, target: Asked): Promise<ChosenSubstrate> {
  const obstacles: string[] = [];
  for (const { name } of substrates.filter(({ auto }) => auto === "ready")) {
    const adapter = await adapterOf(name);
    const obstacle = adapter.refusal(target)?.why ?? (await adapter.obstacle(ground));
    if (obstacle === null)
      return { name, why: adapter.why("ready", target), supports: adapter.supports(target) };
    obstacles.push(`not ${name}: ${obstacle}`);
  }
  const { name } = substrates.find(
    ({ auto }) => auto === "otherwise",
  ) as (typeof substrates)[number];
  const adapter = await adapterOf(name);
  return { name, why: obstacles.join("; "), supports: adapter.supports(target) };
}
