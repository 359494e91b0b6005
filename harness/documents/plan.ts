/** `plan.json`, and what `plan --json` prints: everything that was decided before anything was touched. */
import { z } from "zod";
import {
  abortShape,
  claimShape,
  loadShape,
  perPhase,
  recoveryShape,
  stepShape,
} from "../experiment/experiment-schema.ts";
import { phases } from "../base/phases.ts";
import { sources } from "../metrics/metrics.ts";
import type { Plan } from "../record/plan.ts";
import { substrateNames } from "../record/substrates.ts";
import { tierNames } from "../experiment/tiers.ts";

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
  title: z.string().optional(),
  tags: z.array(z.string()),
  openTags: z.literal(true).optional(),
  values: z.record(z.string(), z.array(z.string())).optional(),
  most: z.number().optional(),
  perIteration: z.literal(true).optional(),
  perRequest: z.literal(true).optional(),
  paced: z.literal(true).optional(),
  reckoned: z.literal(true).optional(),
  countsRequests: z.literal(true).optional(),
  countsAsked: z.literal(true).optional(),
  dependsOnLoad: z.literal(true).optional(),
  leastPerIteration: z.number().optional(),
  codes: z.literal(true).optional(),
  always: z.number().optional(),
  felt: z.literal(true).optional(),
  uncompared: z.literal(true).optional(),
  needs: z
    .object({ telemetry: z.array(z.string()).optional(), readBack: z.literal(true).optional() })
    .optional(),
  ofHarness: z.literal(true).optional(),
  ofBytes: z.literal(true).optional(),
  ofBytesWhere: z.record(z.string(), z.string()).optional(),
});

export const planDocument = z.object({
  format: z.literal("seawall-plan/1"),
  experiment: z.string(),
  title: z.string(),
  story: z.string(),
  tier: z.enum(tierNames),
  target: z.string(),
  topology: z.string(),
  versionGiven: z
    .string()
    .optional()
    .meta({ description: "the target's version in its user's own words" }),
  targetVersion: z.string().optional().meta({
    description:
      "a hash of what the target and the harness are made of; runs of one version may vouch for one another",
  }),
  substrate: z.enum(substrateNames),
  substrateWhy: z.string(),
  seed: z.number(),
  scale: z.number().optional().meta({
    description:
      "the audience as a multiple of the one that the experiment plans; 1 where it is missing",
  }),
  without: z.array(z.string()),
  reliesOn: z.array(z.string()),
  services: z.array(place),
  links: z.array(z.object({ from: z.string(), to: z.string(), port: z.string() })),
  edges: z.array(z.string()),
  gateways: z.array(z.string()).optional(),
  stream: z
    .object({
      event: z.string(),
      segmentMs: z.number(),
      availabilityStartMs: z.number(),
      dvrSegments: z.number(),
      renditions: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(["video", "audio"]),
          bitsPerSecond: z.number(),
          leastBytesShare: z.number().optional(),
          sameAs: z.string().optional(),
        }),
      ),
      leastBytesShare: z.number().optional().meta({
        description:
          "least size of a segment as a share of declared bitrate x duration; 0.1 where it is missing",
      }),
      segmentPath: z.string(),
      digestHeader: z.string().optional(),
    })
    .optional()
    .meta({ description: "missing where the target is no stream" }),
  leadInMs: z.number(),
  phasesMs: perPhase(z.number()),
  load: z.array(loadShape),
  players: z
    .array(z.enum(phases))
    .optional()
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
        silences: z.boolean().optional(),
        use: z
          .array(
            z.object({
              service: z.string(),
              standby: z.boolean().optional(),
              links: z.array(z.string()),
              isEntry: z.boolean(),
              counters: z.array(z.string()),
              bytes: z.boolean(),
            }),
          )
          .optional(),
      }),
    )
    .optional()
    .meta({
      description:
        "what each step strikes; lasts: it stays in force until it is healed; severs: nothing " +
        "passes its links meanwhile; silences: its services give no answer meanwhile; use: what " +
        "shows that they are used before it",
    }),
  abortWhen: z.array(abortShape),
  askedAlike: z.record(z.string(), z.array(z.string())).optional().meta({
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
    .optional()
    .meta({
      description:
        "by class of requests, what its users draw; ages: how many periods old it is at least " +
        "and at most when they have it; moments: of so many, from the least age on, one is " +
        "drawn; draws: by tag, each value's share",
    }),
  trafficClasses: z
    .array(z.string())
    .optional()
    .meta({ description: "in the order in which they are protected" }),
  harm: z
    .object({
      metric: z.string(),
      having: z.record(z.string(), z.string()),
      waitTitle: z.string(),
      eachTitle: z.string(),
      classes: z.array(z.object({ lane: z.string(), title: z.string() })),
    })
    .optional()
    .meta({ description: "the metric by which the target's users are harmed" }),
  metrics: z.record(z.string(), metricShape).optional().meta({
    description:
      "every metric that the run can contain; a plan without them is read with those of its time",
  }),
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
    .optional()
    .meta({
      description:
        "who reports which series, and the services whose faults may silence it; what never reported is missing",
    }),
  notes: z
    .array(z.string())
    .optional()
    .meta({ description: "what the reader of a report must know of how this came to be run" }),
  rerun: z.string(),
});

type Nothing<T extends never> = T;
/** A field of a plan that is not described above does not compile. */
export type Undescribed = Nothing<Exclude<keyof Plan, keyof z.infer<typeof planDocument>>>;
