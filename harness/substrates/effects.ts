/**
 * What a substrate can do to a service from outside, beyond stopping it. Each effect is a file in
 * the folder `effects/` of the substrate, and exports an `effect`. The folder is the list: `plan`
 * refuses a fault whose effect has no file there.
 */
import { existsSync, readdirSync } from "node:fs";
import { extname } from "node:path";
import type { Effect, Impairment } from "../target/deployment.ts";

/** `Struck` describes the service to the substrate. */
export interface EffectOn<Struck, F extends Effect = Effect> {
  /** The kind of the fault that brought the effect. */
  readonly kind: F["kind"];
  /** `true`, or why this machine cannot. Called only if a fault needs it. */
  supported?(): true | string;
  /** Applies the effect. The result can observe it, and undo it with a last check. */
  impose(effect: F, struck: Struck): Promise<Impairment>;
}

/** `.js` in the compiled package. */
const ending = extname(import.meta.filename);

/** The effects of a substrate, by kind; none if it has no such folder. */
export async function effectsIn<E extends { readonly kind: string }>(
  substrate: string,
): Promise<ReadonlyMap<string, E>> {
  const folder = new URL(`${substrate}/effects/`, import.meta.url);
  const files = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith(ending) && !/\.(test|d)\.\w+$/.test(file))
    .sort();
  const all = await Promise.all(
    files.map(async (file) => {
      const { href } = new URL(file, folder);
      const { effect } = (await import(href)) as { readonly effect: E };
      return [effect.kind, effect] as const;
    }),
  );
  return new Map(all);
}

/** For each effect: `true`, or why the substrate does not support it. */
export function supportsEffect(
  effects: ReadonlyMap<string, Pick<EffectOn<never>, "supported">>,
  otherwise: Readonly<Record<string, string>> = {},
): (kind: string) => true | string {
  return (kind) => {
    const effect = effects.get(kind);
    if (effect === undefined) return otherwise[kind] ?? `it has no effect "${kind}" on a service`;
    return effect.supported?.() ?? true;
  };
}
