/** Names in a recorded plan that this version does not have. */
import { statisticNamed } from "../claims/statistics/registry.ts";
import { unknownSubstrate } from "./substrates.ts";
import { tierNames } from "../experiment/tiers.ts";

/** As much of a plan as names anything, whatever else is wrong with it. */
interface Naming {
  readonly tier?: unknown;
  readonly substrate?: unknown;
  readonly hypothesis?: unknown;
}

/** One sentence for each; a name that is no text is somebody else's problem. */
export function unknownNames({ tier, substrate, hypothesis }: Naming): string[] {
  const claims: readonly unknown[] = Array.isArray(hypothesis) ? hypothesis : [];
  const asked = claims.flatMap((claim) => {
    const { statistic } = (claim ?? {}) as { readonly statistic?: unknown };
    return typeof statistic === "string" && statisticNamed(statistic) === undefined
      ? [statistic]
      : [];
  });
  const place = typeof substrate === "string" ? unknownSubstrate(substrate) : null;
  return [
    ...(place === null ? [] : [place]),
    ...(typeof tier === "string" && !(tierNames as readonly string[]).includes(tier)
      ? [`it is of the tier ${JSON.stringify(tier)}, which this version does not know`]
      : []),
    ...[...new Set(asked)].map(
      (name) => `it uses the statistic ${JSON.stringify(name)}, which this version does not know`,
    ),
  ];
}
