/** What follows from the list of faults: their type, their schema, and what each strikes. */
import { z } from "zod";
import type { Effect } from "../target/deployment.ts";
import { linkName, type Standing } from "../target/where.ts";
import type { Link } from "../target/layout.ts";
import type { Capability, FaultFrom, FaultKind, FaultSchema, Struck } from "./fault.ts";
import * as registry from "./registry.ts";

type Registry = typeof registry;

export type FaultName = keyof Registry;
export type FaultOf<K extends FaultName> = FaultFrom<Registry[K]["schema"]>;
/** What can be done to a target, as data. */
export type Fault = { [K in FaultName]: FaultOf<K> }[FaultName];

type Nothing<T extends never> = T;
/** A fault that is listed under another name than its own does not compile. */
export type Misnamed = Nothing<
  { [K in FaultName]: FaultOf<K>["kind"] extends K ? never : K }[FaultName]
>;

export const kinds = registry as unknown as Readonly<Record<string, FaultKind>>;

export const faultNames = Object.keys(kinds) as readonly FaultName[];

const [first, ...others] = Object.values(kinds).map(({ schema }) => schema);
/**
 * The shapes of faults, checked at run time: an experiment file is input, whatever its types say.
 */
export const faultShape = z.discriminatedUnion("kind", [
  first,
  ...others,
] as never) as unknown as z.ZodType<Fault>;

/** The list pairs each fault with its own kind; the compiler cannot follow that through a union. */
export function kindOf(fault: Fault): FaultKind<z.ZodType<Fault>> {
  return kinds[fault.kind] as unknown as FaultKind<z.ZodType<Fault>>;
}

export const describeFault = (fault: Fault): string => kindOf(fault).describe(fault);
export const servicesStruck = (fault: Fault, standing: Standing): readonly string[] =>
  kindOf(fault).services(fault, standing);
export const linksStruck = (fault: Fault, standing: Standing): readonly Link[] =>
  kindOf(fault).links(fault, standing);
export const lasts = (fault: Fault): boolean => kindOf(fault).lasts(fault);

/** For the plan, which records it. */
export function struckIn(fault: Fault, standing: Standing): Required<Omit<Struck, "use">> {
  const { severs = false, silences } = kindOf(fault);
  return {
    services: servicesStruck(fault, standing),
    links: linksStruck(fault, standing).map(linkName),
    lasts: lasts(fault),
    severs,
    silences,
  };
}

/** What the substrate must make ready for a service, or do to it, in these faults. */
export function effectsOf(faults: readonly Fault[]): ReadonlySet<Effect["kind"]> {
  return new Set(faults.flatMap((fault) => kindOf(fault).effect?.(fault).kind ?? []));
}

/** Operations that a model must know for these faults. */
export function operationsSimulated(faults: readonly Fault[]): readonly string[] {
  return [...new Set(faults.flatMap((fault) => kindOf(fault).modelOperations?.(fault) ?? []))];
}

/** For each fault: `true`, or why a substrate cannot do it on this machine. */
export type Support = Readonly<Record<FaultName, true | string>>;

/**
 * What a substrate can do: `true`, or why it cannot on this machine. A getter is asked only when a
 * fault needs it.
 */
export type Capabilities = Readonly<Record<Capability, true | string>>;

export function supportOf(capabilities: Capabilities): Support {
  return supportBy(
    ({ needs }) => needs.map((need) => capabilities[need]).find((can) => can !== true) ?? true,
  );
}

/** What is refused is what has no course in virtual time. */
export const simulatedSupport: Support = supportBy(({ simulate }) =>
  typeof simulate === "string" ? simulate : true,
);

/** Found out when it is asked for. */
function supportBy(answer: (kind: FaultKind) => true | string): Support {
  const support = {};
  for (const [name, kind] of Object.entries(kinds))
    Object.defineProperty(support, name, { enumerable: true, get: () => answer(kind) });
  return support as Support;
}

export type { FaultSchema };
