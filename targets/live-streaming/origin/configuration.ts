/** All that an origin is told at launch. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

export const originShape = z.object({
  role: z.enum(["publish", "read"]),
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
  /** Where a publish origin tells what was published. */
  feedListen: endpointShape.nullable(),
  /** The publish origins of all regions, which a read origin listens to. */
  feeds: z.array(endpointShape),
  store: z.object({
    /** Where the local node is dialled, perhaps through a proxy… */
    contact: endpointShape,
    /** …and the address under which it knows itself. */
    local: endpointShape,
    dataCentre: name,
    dataCentres: z.array(name).min(1),
    createsSchema: z.boolean(),
  }),
  memcached: endpointShape,
  defences: z.object({
    candidateSelection: z.boolean(),
    negativeCache: z.boolean(),
    holdOpen: z.boolean(),
    metadataCache: z.boolean(),
    chunkCache: z.boolean(),
    priorityShedding: z.boolean(),
  }),
});

export type OriginConfiguration = z.infer<typeof originShape>;
