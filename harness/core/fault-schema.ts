/** The shapes of faults, checked at run time: an experiment file is input, whatever its types say. */
import { z } from "zod";
import { segmentDefects } from "./faults.ts";

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

const parameters = z.record(z.string().regex(/^\w+$/), z.string()).optional();
const act = { operation: z.string().min(1), parameters };

export const faultShape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("kill"), service }),
  z.strictObject({ kind: z.literal("pause"), service }),
  z.strictObject({ kind: z.literal("latency"), links, delayMs: positiveMs, jitterMs: ms }).refine(...jitterWithinDelay),
  z.strictObject({ kind: z.literal("partition"), links }),
  z.strictObject({ kind: z.literal("bandwidth"), links, bytesPerSecond: z.number().int().min(1_000).max(1_000_000_000).multipleOf(1_000) }),
  z.strictObject({ kind: z.literal("reset"), links }),
  z.strictObject({ kind: z.literal("zoneLoss"), zone: z.string().min(1) }),
  z.strictObject({ kind: z.literal("regionLoss"), region: z.string().min(1) }),
  z.strictObject({ kind: z.literal("blackhole"), zone: z.string().min(1) }),
  z.strictObject({ kind: z.literal("slowStore"), region: z.string().min(1).optional(), delayMs: positiveMs, jitterMs: ms }).refine(...jitterWithinDelay),
  z.strictObject({ kind: z.literal("restartLoop"), service, everyMs: z.number().finite().min(100) }),
  z.strictObject({ kind: z.literal("coldCache"), service }),
  z.strictObject({ kind: z.literal("fullDisk"), service }),
  z.strictObject({ kind: z.literal("clockSkew"), service, byMs: z.number().finite().refine((byMs) => Math.abs(byMs) >= 3_000, "must be 3000 ms or more, ahead or behind: clocks are told by the second") }),
  z.strictObject({ kind: z.literal("badSegments"), service, defect: z.enum(segmentDefects), segments: z.number().int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal("operate"), service, ...act, look: z.strictObject({ ...act, shows: z.string().min(1) }), undo: z.strictObject(act).optional() }),
  z.strictObject({ kind: z.literal("packetLoss"), service, share: z.number().gt(0).lt(1) }),
]);
