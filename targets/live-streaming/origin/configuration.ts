/** The launch configuration of an origin. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";
import { storeShape } from "../store/settings.ts";

/** As in addresses. */
export const nameShape = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);
const name = nameShape;

export const originShape = z.object({
  /** `shared`: both stacks in one process, as without isolation. */
  role: z.enum(["publish", "read", "shared"]),
  region: name,
  event: name,
  renditions: z.array(name).min(1),
  /** Every pipeline, in the order of preference of its candidates. */
  pipelines: z.array(name).min(1),
  /** The pipelines that may publish here. Those of another region are refused. */
  ownPipelines: z.array(name).min(1),
  dvrWindowSegments: z.int().positive(),
  listen: endpointShape,
  control: endpointShape,
  controlToken: z.string().min(1),
  /** Where a publish origin announces publications. A shared one does so on its data port. */
  feedListen: endpointShape.nullable(),
  /** The edges that must forget what an operator masks, by tier, the innermost first. */
  edgeTiers: z.array(z.array(z.object({ name: z.string(), at: endpointShape }))),
  /** The publish origins of all regions, to which a read origin listens. */
  feeds: z.array(endpointShape),
  store: storeShape,
  /**
   * The own zone's cache first. Reads use it, writes go to all. Empty: chunks come from the store
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

/** A publish origin that only forwards to the process that does both stacks' work. */
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
