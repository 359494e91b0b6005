/**
 * The smaller documents: an experiment of `list`, a run of `recover`, the files of `report`,
 * `doctor`, and a failure.
 */
import { z } from "zod";
import { substrateNames, substrates } from "../record/substrates.ts";
import { tierNames } from "../experiment/tiers.ts";
import { status } from "./verdict.ts";

export const experimentDocument = z.object({
  format: z.literal("seawall-experiment/1"),
  name: z.string(),
  title: z.string(),
  tier: z.enum(tierNames),
  topology: z.string(),
  topologies: z.array(z.string()),
  reliesOn: z.array(z.string()),
  defences: z.array(z.string()),
  suites: z.array(z.string()).meta({ description: "the suites that it is in" }),
  plannedSeconds: z.number().meta({
    description: "about how long a run takes on two idle cores, from the command to the verdict",
  }),
});

export const suiteDocument = z.object({
  format: z.literal("seawall-suite/1"),
  name: z.string(),
  title: z.string(),
  withinMinutes: z.number(),
  plannedSeconds: z.number(),
  runs: z.array(
    z.object({
      experiment: z.string(),
      topology: z.string().nullable().meta({ description: "null: the experiment's own" }),
    }),
  ),
});

export const suiteResultDocument = z.object({
  format: z.literal("seawall-suite-result/1"),
  suite: z.string(),
  exitCode: z.number().meta({ description: "of what needs attention first" }),
  runs: z.array(
    z.object({
      experiment: z.string(),
      topology: z.string(),
      without: z.array(z.string()),
      status: status.nullable().meta({ description: "null: it was not run" }),
      why: z.string(),
      seconds: z.number(),
      runId: z.string().nullable(),
      directory: z.string().nullable(),
      exitCode: z.number(),
    }),
  ),
});

const namedClaim = z.object({ id: z.string(), title: z.string() });

const ablationCell = z.object({
  experiment: z.string(),
  topology: z.string(),
  substrate: z.enum(substrateNames).meta({ description: "where the target ran" }).optional(),
  without: z.string().nullable().meta({ description: "null: all defences were on" }),
  outcome: z
    .enum(["held", "refuted", "notHeld", "green", "otherClaim", "undecided", "notRun"])
    .meta({
      description:
        "held and refuted are good; green and otherClaim prove nothing about the defence",
    }),
  status: status.nullable(),
  why: z.string(),
  expected: z.array(namedClaim).meta({ description: "claims of which one must be refuted" }),
  as: z.array(namedClaim).meta({ description: "those of them that were" }),
  refuted: z.array(namedClaim),
  doubts: z.array(z.string()),
  attempts: z.number(),
  reused: z.boolean(),
  seconds: z.number(),
  runId: z.string().nullable(),
  directory: z.string().nullable(),
});

export const ablationDocument = z.object({
  format: z.literal("seawall-ablation/1"),
  rows: z.array(
    z.object({
      experiment: z.string(),
      topology: z.string(),
      whole: ablationCell,
      controls: z.array(ablationCell),
    }),
  ),
  complaints: z.array(
    z.object({
      kind: z.enum(["notHeld", "green", "otherClaim", "undecided", "notRun", "unneeded"]),
      text: z.string(),
    }),
  ),
  exitCode: z.number(),
  directory: z.string(),
});

const scale = z.number().meta({ description: "the audience as a multiple of the planned one" });

export const breakingPointDocument = z.object({
  format: z.literal("seawall-breaking-point/1"),
  experiment: z.string(),
  title: z.string(),
  perSecond: z.number().meta({
    description: "users who begin in one second of the planned audience's busiest phase",
  }),
  topology: z.string(),
  substrate: z.string(),
  without: z.array(z.string()),
  seed: z.number(),
  steps: z.array(
    z.object({
      scale,
      outcome: z.enum(["held", "broke", "generator", "unclear"]).meta({
        description:
          "generator: the load generator failed, so nothing is known of the target at this load",
      }),
      margins: z
        .array(z.object({ title: z.string(), used: z.number() }))
        .meta({ description: "each claim's used part of its allowance, in its worst phase" }),
      broke: z.array(z.string()),
      why: z.string(),
      seconds: z.number(),
      runId: z.string().nullable(),
      directory: z.string().nullable(),
    }),
  ),
  conclusion: z.object({
    kind: z.enum(["broke", "generator", "unbroken", "below", "unclear"]),
    estimate: scale.nullable(),
    from: scale.nullable(),
    until: scale.nullable(),
    ceiling: scale.nullable(),
  }),
  broke: z
    .array(z.string())
    .meta({ description: "what broke at the least load at which anything did" }),
  exitCode: z.number(),
  directory: z.string(),
});

export const recoveryDocument = z.object({
  format: z.literal("seawall-recovery/1"),
  runId: z.string(),
  status: z
    .enum(["clean", "incomplete", "running"])
    .meta({ description: "running: its owner is alive, so it was left alone" }),
  left: z.array(z.string()),
});

export const reportDocument = z.object({
  format: z.literal("seawall-report-files/1"),
  runId: z.string(),
  status,
  directory: z.string(),
  html: z.string(),
  junit: z.string(),
});

export const errorDocument = z.object({
  format: z.literal("seawall-error/1"),
  code: z.string().meta({
    description:
      "from the catalogue in harness/base/errors.ts, such as UNKNOWN_NAME; INTERNAL is a " +
      "defect of Seawall itself",
  }),
  message: z.string(),
  hint: z.string().nullable(),
  logLines: z
    .array(z.string())
    .meta({ description: "the last lines that a service wrote, newest last" }),
  exitCode: z.number(),
});

const ability = z.object({ works: z.boolean(), detail: z.string() });
const place = z.object({ path: z.string(), freeBytes: z.number().optional() });

export const doctorDocument = z.object({
  format: z.literal("seawall-doctor/1"),
  tools: z.array(
    z.object({
      name: z.string(),
      wanted: z.string(),
      found: z
        .object({ executable: z.string(), version: z.string(), source: z.string() })
        .loose()
        .optional(),
      attempts: z.array(z.object({ source: z.string(), reason: z.string() }).loose()),
      sources: z.array(z.string()),
      obstacles: z.array(z.string()),
      install: z.string(),
    }),
  ),
  machine: z.object({
    cores: z.number(),
    memoryBytes: z.number(),
    memoryFreeBytes: z.number(),
    zoneAddresses: ability,
    docker: ability,
    browser: ability,
    clients: z.record(z.string(), z.string()),
  }),
  cache: place,
  reports: place,
  compose: ability.meta({ description: "whether targets can come up by a compose file" }),
  substrates: z.object(
    Object.fromEntries(
      substrates.filter(({ isVirtual }) => !isVirtual).map(({ name }) => [name, ability]),
    ),
  ),
});

export const notificationDocument = z.object({
  format: z.literal("seawall-notification/1"),
  text: z.string().meta({ description: "for people; Slack shows it" }),
  experiment: z.string(),
  runId: z.string(),
  status,
  before: status.meta({ description: "the newest verdict before this one" }),
  why: z.string(),
  subject: z.string().nullable().meta({
    description: "what was tested: the label, the version and the commit that its user knows",
  }),
});
