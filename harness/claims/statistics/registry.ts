/**
 * The registry of statistics, and what follows from it: the type and shape of a claim, and the
 * samples that a claim reads.
 */
import { z } from "zod";
import type { Selector } from "../../metrics/samples.ts";
import { claimBase } from "../claim-shape.ts";
import * as list from "./list.ts";
import type { ClaimOf, Statistic } from "./statistic.ts";

type Listed = (typeof list)[keyof typeof list];
type ClaimBy<One> = One extends {
  readonly name: infer Name extends string;
  readonly fields: infer Fields extends z.ZodRawShape;
}
  ? ClaimOf<Name, Fields>
  : never;

/**
 * A service-level objective over the samples of one or more phases.
 * @example
 * ```ts
 * const claim: Claim = {
 *   title: "Requests are answered quickly",
 *   statistic: "p95",
 *   metric: "http_req_ms",
 *   comparison: "<=",
 *   limit: 300,
 *   during: ["baseline", "fault"],
 *   samplesMin: 200,
 *   unit: "ms",
 * };
 * ```
 */
export type Claim = ClaimBy<Listed>;

export const statistics: readonly Statistic[] = Object.values<Statistic>(list);

const byName = new Map(statistics.map((one) => [one.name, one]));

/** Returns undefined for a name that this version does not know. */
export function statisticNamed(name: string): Statistic | undefined {
  return byName.get(name);
}

/** Returns the statistic of a claim. Throws for an unknown name, which no validated plan has. */
export function statisticOf({ statistic }: Pick<Claim, "statistic">): Statistic {
  const found = statisticNamed(statistic);
  if (found === undefined) throw new Error(`there is no statistic ${JSON.stringify(statistic)}`);
  return found;
}

/**
 * The unit of a claim's observed value and limit: `share` is a fraction 0…1, an empty string a bare
 * number.
 */
export function unitOf(claim: Claim): string {
  return claim.unit ?? statisticOf(claim).unit ?? "";
}

/** All selectors that a claim's statistic reads. */
export function selectorsOf(claim: Claim): readonly Selector[] {
  return [claim, ...statisticOf(claim).others(claim)];
}

/** The selectors above plus those with the `having` tags, so that a misspelt tag is found, too. */
export function namedBy(claim: Claim): readonly Selector[] {
  const having = statisticOf(claim).having(claim);
  return [
    ...selectorsOf(claim),
    ...(having === null ? [] : [{ metric: claim.metric, where: having }]),
  ];
}

const [plain, special] = [true, false].map((isPlain) =>
  statistics.filter(({ fields }) => (Object.keys(fields).length === 0) === isPlain),
) as [Statistic[], Statistic[]];

/**
 * The zod shape of a claim, for experiment files and recorded plans. The list determines the static
 * type, which zod cannot infer.
 */
export const claimShape = z.discriminatedUnion("statistic", [
  z.object({ ...claimBase, statistic: z.enum(plain.map(({ name }) => name)) }),
  ...special.map(({ name, fields }) =>
    z.object({ ...claimBase, statistic: z.literal(name), ...fields }),
  ),
]) as unknown as z.ZodType<Claim>;
