/**
 * How a record can show that a service is in use before a fault strikes it. It is decided in
 * advance: a service with clients must receive requests, one without must do work of its own, and a
 * standby is declared.
 */
import type { Use } from "../target/fault.ts";
import { kindOfSeries } from "../record/metric-registry.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import { isExposed, type Layout, type Service } from "../target/layout.ts";
import { linkName } from "../target/where.ts";

export function useOf(service: Service, layout: Layout, substrate: SubstrateName): Use {
  const { name, standby, telemetry, at } = service;
  const entries = [layout.entries, ...Object.values(layout.otherEntries ?? {})].flat();
  const isEntry = entries.some((entry) => entry.service === name);
  const to = layout.links.filter((link) => link.to === name);
  const from = layout.links.filter((link) => link.from === name);
  return {
    service: name,
    ...(standby === true ? { standby } : {}),
    links: (to.length > 0 || isEntry ? to : from).map(linkName),
    isEntry,
    counters: telemetry.flatMap((one) =>
      isExposed(one)
        ? one.series.filter(
            (series) => kindOfSeries(series, one.declared?.[series]) === "increment",
          )
        : [],
    ),
    bytes: at === undefined && telemetry.length === 0 && !isVirtual(substrate),
  };
}

/** Whether a record could show its use. */
export function canShowUse({ standby, links, isEntry, counters, bytes }: Use): boolean {
  return standby === true || links.length > 0 || isEntry || counters.length > 0 || bytes;
}
