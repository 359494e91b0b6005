/**
 * One line of `events.ndjson`. A record is input, so its readers validate it against this shape.
 */
import { z } from "zod";
import { phases } from "../base/phases.ts";
import { faultShape } from "../faults/faults.ts";
import { contentShapes } from "./content.ts";
import type { RunEvent } from "../record/events.ts";

/** The range of a Date. */
const atMs = z.number().min(0).max(8.64e15);
const ms = z.number();
const evidence = z.object({ landed: z.boolean(), observation: z.string() });
const step = z.number().int().min(0);
const struck = { atMs, step, fault: faultShape };
const count = z.number().min(0);
const idle = z.object({
  forMs: count,
  links: z.array(z.object({ link: z.string(), connections: count, bytes: count.exactOptional() })),
  counters: z.array(z.object({ service: z.string(), metric: z.string(), by: count })),
});
const machine = z.object({
  platform: z.string(),
  cpuModel: z.string(),
  cores: z.number().positive(),
  memoryBytes: z.number(),
});
export const abortReasons = [
  "claim",
  "user",
  "deadline",
  "substrate",
  "generator",
  "internal",
  "deadMan",
] as const;

export const runEventShape = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("started"),
    atMs,
    runId: z.string().min(1),
    versions: z.record(z.string(), z.string()),
    machine,
  }),
  z.object({ kind: z.literal("deploying"), atMs }),
  z.object({ kind: z.literal("deployed"), atMs, tookMs: ms }),
  z.object({
    kind: z.literal("contentRead"),
    atMs,
    ...contentShapes,
    content: z.looseObject({}) as z.ZodType<object>,
  }),
  z.object({
    kind: z.literal("loadStarted"),
    atMs,
    generator: z.string(),
    askedMs: z.number().optional(),
    idle: idle.exactOptional(),
  }),
  z.object({ kind: z.literal("phase"), atMs, phase: z.enum(["leadIn", ...phases, "drain"]) }),
  z.object({ kind: z.literal("injecting"), ...struck }),
  z.object({
    kind: z.literal("injected"),
    ...struck,
    plannedMs: atMs,
    actedMs: atMs.optional(),
    evidence,
  }),
  z.object({
    kind: z.literal("observed"),
    ...struck,
    evidence,
    looks: z.number().int().min(1),
    fromMs: atMs,
    untilMs: atMs,
    longestGapMs: ms.min(0),
  }),
  z.object({ kind: z.literal("healing"), ...struck }),
  z.object({ kind: z.literal("healed"), ...struck, plannedMs: atMs, evidence }),
  z.object({
    kind: z.literal("exited"),
    atMs,
    service: z.string(),
    expected: z.boolean(),
    detail: z.string(),
  }),
  z.object({
    kind: z.literal("generator"),
    atMs,
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    expected: z.boolean(),
    detail: z.string(),
    generatorCpuSeconds: z.number().nullable(),
    harnessCpuSeconds: z.number(),
    seconds: z.number(),
  }),
  z.object({ kind: z.literal("clockStepped"), atMs, byMs: ms }),
  z.object({ kind: z.literal("aborted"), atMs, reason: z.enum(abortReasons), detail: z.string() }),
  z.object({ kind: z.literal("note"), atMs, text: z.string() }),
  z.object({
    kind: z.literal("cleaned"),
    atMs,
    status: z.enum(["clean", "incomplete"]),
    left: z.array(z.string()),
    tookMs: ms,
  }),
  z.object({ kind: z.literal("finished"), atMs }),
]);

type Nothing<T extends never> = T;
/** An event kind without a description above does not compile. */
export type Undescribed = Nothing<Exclude<RunEvent["kind"], z.infer<typeof runEventShape>["kind"]>>;
