/**
 * The usual reaches of faults: one service, a zone, a region, or links; and parts of their schemas.
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
import type { Reach } from "../target/fault.ts";

const name = z.string().min(1);
/** The fields with which a fault selects its services. */
export const serviceField = {
  service: name.describe("The name of one service, as `plan` lists it."),
};
export const zoneField = {
  zone: name.describe("The name of a zone, whose services are all struck."),
};
export const regionField = {
  region: name.describe("The name of a region, whose services are all struck."),
};
export const linksField = { links: linksShape };

const always = {
  lasts: (): boolean => true,
  operations: (): readonly string[] => [],
};
const noLinks = { links: (): readonly Link[] => [], onLinks: false };

/** Every service that the selector matches; all of them stop answering. */
function onPlace<F>(placeOf: (fault: F) => Where): Reach<F> {
  return {
    ...always,
    ...noLinks,
    silences: true,
    wheres: (fault) => [placeOf(fault)],
    services: (fault, standing) => servicesAt(placeOf(fault), standing),
  };
}

/** One service, by name. */
export const onService = onPlace(({ service }: { readonly service: string }) => ({ service }));
/** Every service of a zone. */
export const onZone = onPlace(({ zone }: { readonly zone: string }) => ({ zone }));
/** Every service of a region. */
export const onRegion = onPlace(({ region }: { readonly region: string }) => ({ region }));

/** A fault that changes links, however it selects them. The services at their ends keep running. */
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
