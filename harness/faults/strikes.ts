/**
 * What faults usually strike: one service, a zone, a region, or links; and the pieces of their
 * schemas.
 */
import { z } from "zod";
import {
  type LinkSelector,
  linksSelected,
  linksShape,
  servicesAt,
  type Where,
} from "../target/where.ts";
import type { Link } from "../target/layout.ts";
import type { Reach } from "./fault.ts";

const name = z.string().min(1);
/** The fields by which a fault says where it strikes. */
export const serviceField = { service: name };
export const zoneField = { zone: name };
export const regionField = { region: name };
export const linksField = { links: linksShape };

const always = {
  lasts: (): boolean => true,
  operations: (): readonly string[] => [],
};
const noLinks = { links: (): readonly Link[] => [], onLinks: false };

/** Every service of a place, all of which fall silent. */
function onPlace<F>(placeOf: (fault: F) => Where): Reach<F> {
  return {
    ...always,
    ...noLinks,
    silences: true,
    wheres: (fault) => [placeOf(fault)],
    services: (fault, standing) => servicesAt(placeOf(fault), standing),
  };
}

/** By the name of a service. */
export const onService = onPlace(({ service }: { readonly service: string }) => ({ service }));
/** Every service of a zone. */
export const onZone = onPlace(({ zone }: { readonly zone: string }) => ({ zone }));
/** Every service of a region. */
export const onRegion = onPlace(({ region }: { readonly region: string }) => ({ region }));

/** A fault that changes links, found in whatever way. The services at their ends go on. */
export const overLinks = {
  ...always,
  onLinks: true,
  silences: false,
  services: (): readonly string[] => [],
};

/** Declared links, by their ends. */
export const onLinks: Reach<{ readonly links: LinkSelector }> = {
  ...overLinks,
  links: ({ links }, standing) => linksSelected(links, standing),
  wheres: ({ links }): readonly Where[] =>
    "between" in links
      ? links.between
      : [links.from, links.to].filter((where) => where !== undefined),
};
