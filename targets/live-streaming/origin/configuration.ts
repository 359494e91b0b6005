/** All that an origin is told at launch. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";
import { storeShape } from "../store/settings.ts";

/** As in addresses. */
export const nameShape = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
const name = nameShape;

export const originShape = z.object({
  /** `shared` is both in one process, which is how it is without isolation. */
  role: z.enum(["publish", "read", "shared"]),
  region: name,
  event: name,
  renditions: z.array(name).min(1),
  /** Every pipeline, in the order in which their candidates are considered. */
  pipelines: z.array(name).min(1),
  /** The pipelines that may publish here; another region's are refused. */
  ownPipelines: z.array(name).min(1),
  dvrWindowSegments: z.int().positive(),
  listen: endpointShape,
  control: endpointShape,
  controlToken: z.string().min(1),
  /** Where a publish origin tells what was published; a shared one does it on its data port. */
  feedListen: endpointShape.nullable(),
  /** The edges that are told to forget what an operator hides: tiers, the innermost first. */
  edgeTiers: z.array(z.array(z.object({ name: z.string(), at: endpointShape }))),
  /** The publish origins of all regions, which a read origin listens to. */
  feeds: z.array(endpointShape),
  store: storeShape,
  /**
   * The own zone's first: it is read from; all are written to. None: chunks come from the store
   * alone.
   */
  memcached: z.array(endpointShape),
  defences: z.object({
    candidateSelection: z.boolean(),
    negativeCache: z.boolean(),
    holdOpen: z.boolean(),
    metadataCache: z.boolean(),
    feedCatchUp: z.boolean(),
    chunkCache: z.boolean(),
    priorityShedding: z.boolean(),
    notifications: z.boolean(),
    adaptiveConcurrency: z.boolean(),
  }),
});

/** A publish origin that only passes on to the process which does the work of both. */
export const forwardShape = z.object({
  role: z.literal("forward"),
  region: name,
  listen: endpointShape,
  control: endpointShape,
  feedListen: endpointShape,
  to: z.object({ http: endpointShape, control: endpointShape }),
});

export const configurationShape = z.discriminatedUnion("role", [originShape, forwardShape]);

export type ForwardConfiguration = z.infer<typeof forwardShape>;
export type OriginConfiguration = z.infer<typeof originShape>;
