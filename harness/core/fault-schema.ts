/** The shapes of faults, checked at run time: an experiment file is input, whatever its types say. */
import { z } from "zod";

const service = z.string().min(1);
const positiveMs = z.number().finite().positive();
const ms = z.number().finite().nonnegative();
const place = { region: z.string().min(1).optional(), zone: z.string().min(1).optional() };

const where = z.union([
  z.strictObject({ service }), z.strictObject({ kind: z.string().min(1), ...place }), z.strictObject({ zone: z.string().min(1) }), z.strictObject({ region: z.string().min(1) }),
], "name it by service, kind (in a region or zone if need be), zone or region");

const links = z.union([
  z.strictObject({ between: z.tuple([where, where]) }),
  z.strictObject({ from: where.optional(), to: where.optional() }).refine(({ from, to }) => from !== undefined || to !== undefined, "name at least one end of the links"),
], "name links by { from, to }, of which one may be left out, or by { between: [one, other] }");

/** Answers cannot come before they are made. */
const jitterWithinDelay = [({ delayMs, jitterMs }: { delayMs: number; jitterMs: number }) => jitterMs <= delayMs, { message: "jitterMs must not be above delayMs", path: ["jitterMs"] }] as [({ delayMs, jitterMs }: { delayMs: number; jitterMs: number }) => boolean, { message: string; path: string[] }];

export const faultShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("kill"), service }),
  z.strictObject({ kind: z.literal("pause"), service }),
  z.strictObject({ kind: z.literal("latency"), links, delayMs: positiveMs, jitterMs: ms }).refine(...jitterWithinDelay),
  z.strictObject({ kind: z.literal("partition"), links }),
]);
