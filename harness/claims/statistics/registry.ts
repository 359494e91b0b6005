/** All statistics, and what a claim is by them: its type, its shape, what it reads. */
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

/** A service-level objective over the samples of a phase. */
export type Claim = ClaimBy<Listed>;

export const statistics: readonly Statistic[] = Object.values<Statistic>(list);

const byName = new Map(statistics.map((one) => [one.name, one]));

/** Undefined for a name that this version does not know. */
export function statisticNamed(name: string): Statistic | undefined {
  return byName.get(name);
}

/** Plans are checked before they are judged, so that no claim has another. */
export function statisticOf({ statistic }: Pick<Claim, "statistic">): Statistic {
  const found = statisticNamed(statistic);
  if (found === undefined) throw new Error(`there is no statistic ${JSON.stringify(statistic)}`);
  return found;
}

/**
 * Of what it observes and of its limit; `share` is a fraction 0…1, and nothing is a bare number.
 */
export function unitOf(claim: Claim): string {
  return claim.unit ?? statisticOf(claim).unit ?? "";
}

/** Everything that a claim's statistic is made of. */
export function selectorsOf(claim: Claim): readonly Selector[] {
  return [claim, ...statisticOf(claim).others(claim)];
}

/** With what it counts, whose tags are as easily misspelt. */
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
 * Of an experiment's file and of a recorded plan. The list makes the type, too, which zod cannot
 * follow.
 */
export const claimShape = z.discriminatedUnion("statistic", [
  z.object({ ...claimBase, statistic: z.enum(plain.map(({ name }) => name)) }),
  ...special.map(({ name, fields }) =>
    z.object({ ...claimBase, statistic: z.literal(name), ...fields }),
  ),
]) as unknown as z.ZodType<Claim>;
