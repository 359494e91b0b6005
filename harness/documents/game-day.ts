/** `day.json` and `result.json` of a game day, and the document of `gameday --json`. */
import { z } from "zod";
import { phases } from "../base/phases.ts";
import type { Day } from "../game-day/day/day.ts";
import { rights } from "../game-day/day/game-day.ts";
import type { DayResult } from "../game-day/day/judge-day.ts";
import { substrateNames } from "../record/substrates.ts";
import { tierNames } from "../experiment/tiers.ts";
import { status } from "./verdict.ts";

const by = z.object({
  role: z.string().meta({
    description:
      "a role of the day, or how it was answered without one: --yes, terminal (Ctrl-C), or " +
      "the time limit",
  }),
  name: z.string().nullable(),
});
const ms = z.number();

const stepResult = z.object({
  experiment: z.string(),
  without: z.array(z.string()),
  expect: z.enum(["held", "refuted"]),
  status: status
    .nullable()
    .meta({ description: "of its run; null when it did not run to a verdict" }),
  asExpected: z.boolean(),
  why: z.string(),
  runId: z.string().nullable(),
  run: z.string().nullable().meta({ description: "the run's folder, seen from the day's" }),
  exitCode: z.number(),
});

export const dayResultDocument = z.object({
  format: z.literal("seawall-day-result/1"),
  id: z.string(),
  name: z.string(),
  status,
  why: z.string(),
  exitCode: z.number(),
  answers: z.enum(["people", "yes"]),
  stoppedBy: by.nullable(),
  steps: z.array(stepResult),
  notes: z.number(),
}) satisfies z.ZodType<DayResult>;

const step = z.object({
  experiment: z.string(),
  source: z.string(),
  title: z.string(),
  story: z.string(),
  brief: z.string().nullable(),
  tier: z.enum(tierNames),
  target: z.string(),
  topology: z.string(),
  substrate: z.enum(substrateNames),
  without: z.array(z.string()),
  expect: z.enum(["held", "refuted"]),
  rhythmMs: ms,
  classes: z.array(z.object({ lane: z.string(), title: z.string() })),
  leadInMs: ms,
  phasesMs: z.record(z.enum(phases), ms),
  waitMsMax: ms,
  holdMsMax: ms.nullable(),
  claims: z.array(z.string()),
  faults: z.array(
    z.object({ label: z.string(), atMs: ms, forMs: ms, proof: z.string(), undo: z.string() }),
  ),
  blast: z.object({
    services: z.array(z.string()),
    servicesInAll: z.number(),
    links: z.array(z.string()),
    zones: z.array(z.string()),
    zonesInAll: z.number(),
    faultsAtOnceMax: z.number(),
    loadTimes: z
      .number()
      .meta({ description: "iterations per second at the peak, over those of the baseline" }),
  }),
  rerun: z.string(),
});

export const dayDocument = z.object({
  format: z.literal("seawall-day/1"),
  id: z.string(),
  name: z.string(),
  title: z.string(),
  purpose: z.string(),
  file: z.string(),
  seed: z.number(),
  answers: z.enum(["people", "yes"]),
  roles: z.array(z.object({ name: z.string(), may: z.array(z.enum(rights)) })),
  steps: z.array(step),
  version: z.string(),
  machine: z.object({
    platform: z.string(),
    cpuModel: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
  }),
}) satisfies z.ZodType<Day>;
