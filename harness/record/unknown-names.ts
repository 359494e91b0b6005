/** Names in a recorded plan that this version does not know. */
import { statisticNamed } from "../claims/statistics/registry.ts";
import { unknownSubstrate } from "./substrates.ts";
import { tierNames } from "../experiment/tiers.ts";

/** The parts of a plan that contain names, even if the rest is invalid. */
interface Naming {
  readonly tier?: unknown;
  readonly substrate?: unknown;
  readonly hypothesis?: unknown;
}

/** One sentence per name. A name that is not a string is reported elsewhere. */
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
