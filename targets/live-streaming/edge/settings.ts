/**
 * The launch settings of an edge. Every value ends up in VCL text, so its format is narrow and
 * validated.
 */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

export const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "1 to 32 of a–z, 0–9 and -");

const upstreamShape = z.strictObject({
  /** The node's name in its counters and in `X-Served-By`. */
  site: name,
  region: name,
  endpoint: endpointShape,
});

export const originsShape = z
  .tuple([upstreamShape], upstreamShape)
  .refine(distinct, "one origin per site");

const shape = z.strictObject({
  /** `edge` serves viewers; `fill` is the top tier, from which edges fill. */
  role: z.enum(["edge", "fill"]),
  region: name,
  /** In order of preference: own zone, own region, other regions. */
  origins: originsShape,
  /** The top tier, of all regions. Empty if this node fills from the origins itself. */
  fills: z.array(upstreamShape).refine(distinct, "one fill node per site"),
  event: name,
  renditions: z.array(name).min(1),
  segmentSeconds: z.int().min(1).max(60),
  liveSegments: z.int().min(1).max(1_000),
  dvrWindowSegments: z.int().min(1).max(100_000),
  /** How long after its due time an origin may hold a request for a segment, in ms. */
  holdGraceSeconds: z.number().min(0).max(60),
  /** The age from which a copy has low priority, unless the node owns the rendition. */
  retentionSeconds: z.int().min(1).max(86_400),
  /** Authorises invalidation and draining. */
  controlToken: z
    .string()
    .regex(/^[A-Za-z0-9._~+/=-]{8,256}$/, "8 to 256 characters of a bearer token (RFC 6750)"),
  defences: z.strictObject({
    collapsing: z.boolean(),
    msTtl: z.boolean(),
    rangeGate: z.boolean(),
    regionFailover: z.boolean(),
    shedCaching: z.boolean(),
    fillTier: z.boolean(),
    notifications: z.boolean(),
  }),
});

export type EdgeSettings = z.infer<typeof shape>;
export type Upstream = z.infer<typeof upstreamShape>;

/** Throws one error that names every problem. */
export function checkedSettings(settings: EdgeSettings): EdgeSettings {
  const parsed = shape.safeParse(settings);
  if (!parsed.success)
    throw new Error(
      `an edge cannot be made from these settings:\n${z.prettifyError(parsed.error)}`,
    );
  return parsed.data;
}

function distinct(upstreams: readonly { readonly site: string }[]): boolean {
  return new Set(upstreams.map(({ site }) => site)).size === upstreams.length;
}
