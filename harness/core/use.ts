/**
 * How a record can show that a service is used before a fault strikes it. Decided beforehand: who
 * has clients must be asked by them, who has none must do work of its own, and a standby is
 * declared.
 */
import { kindOfSeries } from "./registry.ts";
import { isVirtual, type SubstrateName } from "./substrates.ts";
import { isExposed, type Layout, type Service } from "./target.ts";
import { linkName } from "./where.ts";

export interface Use {
  readonly service: string;
  /** Declared: nobody uses it until another service is gone. */
  readonly standby?: boolean;
  /** Links on which its traffic is counted: those to it; of a service that nobody is declared to ask, those from it. */
  readonly links: readonly string[];
  /** The load asks it. */
  readonly isEntry: boolean;
  /** Counters of its own. */
  readonly counters: readonly string[];
  /** Its bytes are counted, and the harness asks nothing of it that would move any. */
  readonly bytes: boolean;
}

export function useOf(service: Service, layout: Layout, substrate: SubstrateName): Use {
  const { name, standby, telemetry, at } = service;
  const entries = [...layout.edges, ...(layout.gateways ?? [])];
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

/** Whether any record could show it. */
export function canShowUse({ standby, links, isEntry, counters, bytes }: Use): boolean {
  return standby === true || links.length > 0 || isEntry || counters.length > 0 || bytes;
}
