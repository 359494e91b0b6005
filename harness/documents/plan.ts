/** `plan.json`, and the document of `plan --json`: every decision in advance of a run. */
import { z } from "zod";
import { runnerPlaces } from "../record/runners.ts";
import {
  abortShape,
  claimShape,
  loadShape,
  perPhase,
  recoveryShape,
  stepShape,
} from "../experiment/experiment-schema.ts";
import type { Frozen, Same } from "../base/frozen.ts";
import { phases } from "../base/phases.ts";
import { chartStatistics, tones } from "../target/charts.ts";
import { sources } from "../metrics/metrics.ts";
import type { Plan } from "../record/plan.ts";
import { substrateNames } from "../record/substrates.ts";
import { tierNames } from "../experiment/tiers.ts";
import { contentShapes } from "./content.ts";

const place = z.object({
  name: z.string(),
  kind: z.string(),
  region: z.string(),
  zone: z.string(),
});

const metricShape = z.object({
  kind: z.enum(["duration", "increment", "gauge", "event"]),
  unit: z.string(),
  source: z.enum(sources),
  meaning: z.string(),
  title: z.string().exactOptional(),
  tags: z.array(z.string()),
  openTags: z.literal(true).exactOptional(),
  values: z.record(z.string(), z.array(z.string())).exactOptional(),
  most: z.number().exactOptional(),
  perIteration: z.literal(true).exactOptional(),
  perStay: z.literal(true).exactOptional(),
  answered: z
    .object({ outcomes: z.array(z.string()), workloads: z.array(z.string()) })
    .exactOptional(),
  lostValue: z.number().exactOptional(),
  mayStay: z.literal(true).exactOptional(),
  lost: z.record(z.string(), z.string()).exactOptional(),
  perRequest: z.literal(true).exactOptional(),
  paced: z.literal(true).exactOptional(),
  perJoin: z.literal(true).exactOptional(),
  drawn: z.array(z.string()).exactOptional(),
  decided: z.array(z.string()).exactOptional(),
  entries: z.array(z.string()).exactOptional(),
  reckoned: z.literal(true).exactOptional(),
  countsRequests: z.literal(true).exactOptional(),
  countsAsked: z.literal(true).exactOptional(),
  dependsOnLoad: z.literal(true).exactOptional(),
  leastPerIteration: z.number().exactOptional(),
  codes: z.literal(true).exactOptional(),
  always: z.number().exactOptional(),
  felt: z.literal(true).exactOptional(),
  uncompared: z.literal(true).exactOptional(),
  needs: z
    .object({
      telemetry: z.array(z.string()).exactOptional(),
      layout: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  accounts: z
    .object({
      title: z.string(),
      unknown: z.string(),
      all: z
        .object({ metric: z.string(), where: z.record(z.string(), z.string()).exactOptional() })
        .exactOptional(),
    })
    .exactOptional(),
  ofHarness: z.literal(true).exactOptional(),
  ofBytes: z.literal(true).exactOptional(),
  ofBytesWhere: z.record(z.string(), z.string()).exactOptional(),
});

const tags = z.record(z.string(), z.string());
const measuredShape = z.object({
  metric: z.string(),
  where: tags.exactOptional(),
  except: z.record(z.string(), z.array(z.string())).exactOptional(),
  statistic: z.enum(chartStatistics),
});
const chartShape = z.object({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens"),
  title: z.string(),
  note: z.string(),
  unit: z.string(),
  stacked: z.literal(true).exactOptional(),
  spreadForLog: z.number().exactOptional(),
  only: z.object({ metric: z.string(), where: tags.exactOptional() }).exactOptional(),
  optional: z.literal(true).exactOptional(),
  lines: z.array(
    measuredShape.extend({
      by: z.string().exactOptional(),
      label: z.string().exactOptional(),
      tone: z.enum(tones).exactOptional(),
      shareOf: measuredShape.exactOptional(),
      leftOf: measuredShape.exactOptional(),
      unit: z.string().exactOptional(),
      axis: z.literal("right").exactOptional(),
    }),
  ),
});

export const planDocument = z.object({
  format: z.literal("seawall-plan/2"),
  experiment: z.string(),
  title: z.string(),
  story: z.string(),
  tier: z.enum(tierNames),
  target: z.string(),
  pack: z.string().exactOptional().meta({ description: "what the target's pack is called" }),
  topology: z.string(),
  versionGiven: z
    .string()
    .exactOptional()
    .meta({ description: "the target's version in its user's own words" }),
  label: z.string().exactOptional().meta({ description: "what its user called the run" }),
  git: z
    .object({
      commit: z.string(),
      branch: z.string().nullable(),
      changed: z.boolean().meta({ description: "tracked files differed from the commit" }),
    })
    .exactOptional()
    .meta({ description: "what was checked out where the experiment lies" }),
  targetVersion: z
    .string()
    .exactOptional()
    .meta({
      description:
        "a hash of what the target and the harness are made of; runs of one version may vouch" +
        " for one another",
    }),
  substrate: z.enum(substrateNames),
  substrateWhy: z.string(),
  seed: z.number(),
  scale: z.number().exactOptional().meta({
    description:
      "the audience as a multiple of the one that the experiment plans; 1 where it is missing",
  }),
  runners: z
    .object({ place: z.enum(runnerPlaces), count: z.number().int().positive() })
    .exactOptional()
    .meta({ description: "the runners that share the load; one generator where it is missing" }),
  without: z.array(z.string()),
  reliesOn: z.array(z.string()),
  services: z.array(place),
  links: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      port: z.string(),
      ownWork: z.boolean().exactOptional().meta({
        description: "its traffic is the target's own work, with or without users",
      }),
    }),
  ),
  entries: z
    .array(z.string())
    .meta({ description: "services at which users and the prober enter the target" }),
  otherEntries: z.record(z.string(), z.array(z.string())).exactOptional().meta({
    description: "by name, where users enter for something else than what the prober requests",
  }),
  ...contentShapes,
  leadInMs: z.number(),
  phasesMs: perPhase(z.number()),
  load: z.array(loadShape),
  scripts: z
    .record(z.string(), z.string())
    .exactOptional()
    .meta({ description: "by workload, a hash of each script of the user's own" }),
  requestsPerSecondMax: z
    .number()
    .exactOptional()
    .meta({ description: "the most requests per second that the load generator sends" }),
  players: z
    .array(z.enum(phases))
    .exactOptional()
    .meta({ description: "the phase in which each real player joins" }),
  hypothesis: z.array(claimShape),
  recovery: recoveryShape.nullable(),
  steps: z.array(stepShape),
  struck: z
    .array(
      z.object({
        services: z.array(z.string()),
        links: z.array(z.string()),
        lasts: z.boolean(),
        severs: z.boolean(),
        silences: z.boolean().exactOptional(),
        use: z
          .array(
            z.object({
              service: z.string(),
              standby: z.boolean().exactOptional(),
              links: z.array(z.string()),
              isEntry: z.boolean(),
              counters: z.array(z.string()),
              bytes: z.boolean(),
            }),
          )
          .exactOptional(),
      }),
    )
    .exactOptional()
    .meta({
      description:
        "what each step strikes; lasts: it stays in force until it is healed; severs: nothing " +
        "passes its links meanwhile; silences: its services give no answer meanwhile; use: what " +
        "shows that they are used before it",
    }),
  abortWhen: z.array(abortShape),
  askedAlike: z.record(z.string(), z.array(z.string())).exactOptional().meta({
    description: "by class of requests, the workloads whose users ask as the prober does",
  }),
  wishes: z
    .record(
      z.string(),
      z.object({
        ages: z.tuple([z.number(), z.number()]),
        moments: z.number(),
        draws: z.record(z.string(), z.record(z.string(), z.number())),
      }),
    )
    .exactOptional()
    .meta({
      description:
        "by class of requests, what its users draw; ages: how many periods old it is at least " +
        "and at most when they have it; moments: of so many, from the least age on, one is " +
        "drawn; draws: by tag, each value's share",
    }),
  drawEntries: z.array(z.string()).exactOptional().meta({
    description: "workloads whose users draw their entry, each as often as the others",
  }),
  trafficClasses: z
    .array(z.string())
    .exactOptional()
    .meta({ description: "in the order in which they are protected" }),
  harm: z
    .object({
      metric: z.string(),
      having: z.record(z.string(), z.string()),
      refusal: z
        .object({
          having: z.record(z.string(), z.string()),
          requests: z.object({ metric: z.string(), where: z.record(z.string(), z.string()) }),
        })
        .exactOptional(),
      waitTitle: z.string(),
      eachTitle: z.string(),
      classes: z.array(z.object({ lane: z.string(), title: z.string() })),
      effects: z
        .object({
          title: z.string(),
          figures: z.array(
            measuredShape.extend({
              label: z.string(),
              unit: z.string(),
              shareOf: measuredShape.exactOptional(),
            }),
          ),
        })
        .exactOptional()
        .meta({ description: "the effect on users beyond their requests; reports show it first" }),
    })
    .exactOptional()
    .meta({ description: "the metric by which the target's users are harmed" }),
  metrics: z
    .record(z.string(), metricShape)
    .meta({ description: "every metric that the run can contain" }),
  charts: z
    .object({ ofRun: z.array(chartShape), ofComparison: z.array(chartShape) })
    .exactOptional()
    .meta({ description: "which charts a report draws of the target's own metrics" }),
  telemetry: z
    .array(
      z.object({
        name: z.string(),
        where: z.record(z.string(), z.string()),
        silencedBy: z.array(z.string()),
        series: z.array(
          z.object({
            metric: z.string(),
            kind: z.enum(["duration", "increment", "gauge", "event"]),
          }),
        ),
      }),
    )
    .exactOptional()
    .meta({
      description:
        "who reports which series, and the services whose faults may silence it; what never " +
        "reported is missing",
    }),
  notes: z
    .array(z.string())
    .exactOptional()
    .meta({ description: "what the reader of a report must know of how this came to be run" }),
  rerun: z.string(),
});

type Described = Frozen<z.infer<typeof planDocument>>;
/** The handwritten type documents each field; this compiles only while both agree. */
true satisfies Same<Plan, Described>;
