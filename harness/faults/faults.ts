/** What follows from the list of faults: their type, their schema, and what each strikes. */
import { z } from "zod";
import { linkName, type Standing } from "../target/where.ts";
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
/**
 * What can be done to a target, as data: by the harness's own list, or by that of the target's
 * pack.
 */
export type Fault = OwnFault | PackFault;

type Nothing<T extends never> = T;
/** A fault that is listed under another name than its own does not compile. */
export type Misnamed = Nothing<
  { [K in FaultName]: FaultOf<K>["kind"] extends K ? never : K }[FaultName]
>;

/** Of the harness; packs have more. */
export const kinds = registry as unknown as FaultKinds;

export const faultNames = Object.keys(kinds) as readonly FaultName[];

const [first, ...others] = Object.values(kinds).map(({ schema }) => schema);
const ownShape = z.discriminatedUnion("kind", [first, ...others] as never);
const packShape = z.looseObject({ kind: z.string().meta({ not: { enum: faultNames } }) });

/**
 * The shapes of faults, checked at run time: an experiment file is input, whatever its types say. A
 * fault of a pack that this process does not know has no other shape than its name: records hold
 * such.
 */
export const faultShape = z.union([ownShape, packShape]).superRefine((value, context) => {
  const { kind } = value as { readonly kind: string };
  const { error } = kindNamed(kind)?.schema.safeParse(value) ?? {};
  for (const issue of error?.issues ?? [])
    context.addIssue({ code: "custom", path: issue.path, message: issue.message });
}) as unknown as z.ZodType<Fault>;

/** Of the harness, or of a pack. */
export function kindNamed(name: string): FaultKind | undefined {
  const all = [kinds, ...packs().map(({ faults = {} }) => faults)];
  return all.find((some) => Object.hasOwn(some, name))?.[name];
}

/** One line where the target's pack does not know the fault, nor does the harness. */
export function unknownFault({ kind }: Fault, pack?: Pack): string[] {
  const known = [...faultNames, ...Object.keys(pack?.faults ?? {})];
  return known.includes(kind) ? [] : [unknownName("fault", kind, known)];
}

/** What a record says of a fault that nobody here knows: no more than what it holds. */
function strange(fault: Fault): FaultKind {
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

/** The list pairs each fault with its own kind; the compiler cannot follow that through a union. */
export function kindOf(fault: Fault): FaultKind<z.ZodType<Fault>> {
  return (kindNamed(fault.kind) ?? strange(fault)) as unknown as FaultKind<z.ZodType<Fault>>;
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
export function effectsOf(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.flatMap((fault) => kindOf(fault).effect ?? []));
}

/** Operations that a model must know for these faults. */
export function operationsSimulated(faults: readonly Fault[]): readonly string[] {
  return [...new Set(faults.flatMap((fault) => kindOf(fault).modelOperations?.(fault) ?? []))];
}

/** Of each kind of fault: `true`, or why a substrate cannot do it on this machine. */
export type Support = (
  kind: Pick<FaultKind, "needs" | "effect"> & { readonly simulate: unknown },
) => true | string;

/** What a substrate can do: `true`, or why it cannot on this machine. */
export type Capabilities = Readonly<Record<Capability, true | string>>;

/** `canDo` is asked of an effect only when a fault needs it. */
export function supportOf(
  capabilities: Capabilities,
  canDo: (effect: string) => true | string,
): Support {
  return ({ needs, effect }) =>
    needs.map((need) => capabilities[need]).find((can) => can !== true) ??
    (effect === undefined ? true : canDo(effect));
}

/** What is refused is what has no course in virtual time. */
export const simulatedSupport: Support = ({ simulate }) =>
  typeof simulate === "string" ? simulate : true;

export type { FaultSchema };
