/** A node's settings after its switches and its role are applied. */
import type { EdgeSettings, Upstream } from "./settings.ts";

export interface NodeInForce {
  readonly settings: EdgeSettings;
  readonly filler: "origins" | "fills";
  /** The first upstreams: all allowed origins, or the ring of fill nodes in the region. */
  readonly near: readonly Upstream[];
  /** Fill nodes of other regions, used if those of the region are gone. */
  readonly next: readonly Upstream[];
  /** Whether a failure is retried in another region. */
  readonly otherRegions: boolean;
  readonly retriesMax: number;
}

/**
 * The number of failed attempts after which the viewer gets an error. A request must not try every
 * zone of a continent.
 */
const retriesMax = 2;

/**
 * Varnish rejects declared but unused backends, so a switch that is off also removes the
 * declaration.
 */
export function inForce(settings: EdgeSettings): NodeInForce {
  const { defences, region, role, fills } = settings;
  return role === "edge" && defences.fillTier && fills.length > 0
    ? fromFills(settings)
    : fromOrigins(settings, defences.regionFailover, region);
}

function fromOrigins(settings: EdgeSettings, failover: boolean, region: string): NodeInForce {
  const [first, ...others] = settings.origins;
  // A node without failover knows its own region only.
  const near = [first, ...others.filter((other) => failover || other.region === region)];
  return {
    settings,
    filler: "origins",
    near,
    next: [],
    otherRegions: near.some((origin) => origin.region !== first.region),
    retriesMax: Math.min(near.length - 1, retriesMax),
  };
}

function fromFills(settings: EdgeSettings): NodeInForce {
  const { fills, region, defences } = settings;
  const own = fills.filter((fill) => fill.region === region);
  const far = defences.regionFailover ? fills.filter((fill) => fill.region !== region) : [];
  // A region without fill nodes uses those of the other regions as its own.
  const [near, next] = own.length > 0 ? [own, far] : [fills, []];
  return {
    settings,
    filler: "fills",
    near,
    next,
    otherRegions: next.length > 0,
    retriesMax: Math.min(fills.length - 1, retriesMax),
  };
}
