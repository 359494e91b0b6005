/** What is left of a node's settings once its switches and its role are heeded. */
import type { EdgeSettings, Upstream } from "./settings.ts";

export interface NodeInForce {
  readonly settings: EdgeSettings;
  readonly filler: "origins" | "fills";
  /** Those that it asks first: all origins that it may ask, or the ring of fill nodes nearby. */
  readonly near: readonly Upstream[];
  /** Fill nodes of other regions, for when those nearby are gone. */
  readonly next: readonly Upstream[];
  /** Whether another region is asked when this one fails. */
  readonly otherRegions: boolean;
  readonly retriesMax: number;
}

/**
 * After so many failures the viewer is told: a request must not visit every zone of a continent.
 */
const retriesMax = 2;

/** Varnish refuses what is declared and never used, so what a switch removes is not declared. */
export function inForce(settings: EdgeSettings): NodeInForce {
  const { defences, region, role, fills } = settings;
  return role === "edge" && defences.fillTier && fills.length > 0
    ? fromFills(settings)
    : fromOrigins(settings, defences.regionFailover, region);
}

function fromOrigins(settings: EdgeSettings, failover: boolean, region: string): NodeInForce {
  const [first, ...others] = settings.origins;
  // A node that does not fail over knows its own region only.
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
  // A region without fill nodes of its own fills from the others' as if they were.
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
