/** What follows from the registry of faults: their type, their schema, and what each affects. */
import { z } from "zod";
import { linkName, type TopologyView } from "../target/where.ts";
import type { Link } from "../target/layout.ts";
import type {
  Capability,
  FaultFrom,
  FaultKind,
  FaultKinds,
  FaultSchema,
  PackFault,
  Struck,
} from "../target/fault.ts";
import type { Pack } from "../target/pack.ts";
import { packs } from "../target/packs.ts";
import { unknownName } from "../base/nearest.ts";
import * as registry from "./registry.ts";

type Registry = typeof registry;

export type FaultName = keyof Registry;
export type FaultOf<K extends FaultName> = FaultFrom<Registry[K]["schema"]>;
type OwnFault = { [K in FaultName]: FaultOf<K> }[FaultName];
/** A fault as data, from the harness's registry or from the target's pack. */
export type Fault = OwnFault | PackFault;

type Nothing<T extends never> = T;
/** A fault that is listed under a name other than its own does not compile. */
export type Misnamed = Nothing<
  { [K in FaultName]: FaultOf<K>["kind"] extends K ? never : K }[FaultName]
>;

/** The harness's own faults; packs add more. */
export const kinds = registry as unknown as FaultKinds;

export const faultNames = Object.keys(kinds) as readonly FaultName[];

const [first, ...others] = Object.values(kinds).map(({ schema }) => schema);
const ownShape = z.discriminatedUnion("kind", [first, ...others] as never);
const packShape = z.looseObject({ kind: z.string().meta({ not: { enum: faultNames } }) });

/**
 * The zod shape of faults. It is checked at run time: an experiment file is input, whatever its
 * static types. For a fault of a pack that this process does not know, only the name is checked,
 * because records may contain it.
 */
export const faultShape = z.union([ownShape, packShape]).superRefine((value, context) => {
  const { kind } = value as { readonly kind: string };
  const { error } = kindNamed(kind)?.schema.safeParse(value) ?? {};
  for (const issue of error?.issues ?? [])
    context.addIssue({ code: "custom", path: issue.path, message: issue.message });
}) as unknown as z.ZodType<Fault>;

/** Looks up a kind in the harness and in the known packs. */
export function kindNamed(name: string): FaultKind | undefined {
  const all = [kinds, ...packs().map(({ faults = {} }) => faults)];
  return all.find((some) => Object.hasOwn(some, name))?.[name];
}

/** One line if neither the target's pack nor the harness knows the fault. */
export function unknownFault({ kind }: Fault, pack?: Pack): string[] {
  const known = [...faultNames, ...Object.keys(pack?.faults ?? {})];
  return known.includes(kind) ? [] : [unknownName("fault", kind, known)];
}

/**
 * A placeholder kind for a recorded fault that this process does not know. It uses only the fault's
 * own fields.
 */
function placeholderKind(fault: Fault): FaultKind {
  const { kind, ...fields } = fault;
  return {
    schema: packShape,
    does: "",
    describe: () => `${kind} (${Object.entries(fields).flat().map(String).join(" ")})`,
    proof: "",
    undo: "",
    services: () => [],
    links: () => [],
    wheres: () => [],
    onLinks: false,
    silences: false,
    operations: () => [],
    lasts: () => true,
    needs: [],
    inject: () => {
      throw new Error(`unknown fault ${kind}`);
    },
    simulate: `unknown fault ${kind}`,
  };
}

/** The registry pairs each fault with its own kind, which the compiler cannot infer for a union. */
export function kindOf(fault: Fault): FaultKind<z.ZodType<Fault>> {
  return (kindNamed(fault.kind) ?? placeholderKind(fault)) as unknown as FaultKind<
    z.ZodType<Fault>
  >;
}

export const describeFault = (fault: Fault): string => kindOf(fault).describe(fault);
export const servicesStruck = (fault: Fault, standing: TopologyView): readonly string[] =>
  kindOf(fault).services(fault, standing);
export const linksStruck = (fault: Fault, standing: TopologyView): readonly Link[] =>
  kindOf(fault).links(fault, standing);
export const lasts = (fault: Fault): boolean => kindOf(fault).lasts(fault);

/** For the plan, which records it. */
export function struckIn(fault: Fault, standing: TopologyView): Required<Omit<Struck, "use">> {
  const { severs = false, silences } = kindOf(fault);
  return {
    services: servicesStruck(fault, standing),
    links: linksStruck(fault, standing).map(linkName),
    lasts: lasts(fault),
    severs,
    silences,
  };
}

/** The effects that the substrate must prepare or apply for these faults. */
export function effectsOf(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.flatMap((fault) => kindOf(fault).effect ?? []));
}

/** Operations that a model must support for these faults. */
export function operationsSimulated(faults: readonly Fault[]): readonly string[] {
  return [...new Set(faults.flatMap((fault) => kindOf(fault).modelOperations?.(fault) ?? []))];
}

/** For each kind of fault: `true`, or why a substrate does not support it on this machine. */
export type Support = (
  kind: Pick<FaultKind, "needs" | "effect"> & { readonly simulate: unknown },
) => true | string;

/** What a substrate can do: `true`, or why it cannot on this machine. */
export type Capabilities = Readonly<Record<Capability, true | string>>;

/** `canDo` is called for an effect only if a fault needs it. */
export function supportOf(
  capabilities: Capabilities,
  canDo: (effect: string) => true | string,
): Support {
  return ({ needs, effect }) =>
    needs.map((need) => capabilities[need]).find((can) => can !== true) ??
    (effect === undefined ? true : canDo(effect));
}

/** Refuses faults without a simulation. */
export const simulatedSupport: Support = ({ simulate }) =>
  typeof simulate === "string" ? simulate : true;

export type { FaultSchema };
