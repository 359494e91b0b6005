/**
 * What a substrate can do to one of its services from outside, beyond ending it. Each such effect
 * is a file in the substrate's own folder `effects/`, which exports an `effect`. The folder is the
 * list: `plan` refuses a fault whose effect has no file there.
 */
import { existsSync, readdirSync } from "node:fs";
import { extname } from "node:path";
import type { Effect, Impairment } from "../target/deployment.ts";

/** `Struck` is what the substrate knows of the service. */
export interface EffectOn<Struck, F extends Effect = Effect> {
  /** As the fault has it that is the first to need the effect. */
  readonly kind: F["kind"];
  /** `true`, or why this machine cannot. Asked only when a fault needs it. */
  supported?(): true | string;
  /** Does it. The answer tells how to look, and how to take it away and look again. */
  impose(effect: F, struck: Struck): Promise<Impairment>;
}

/** `.js` where this was compiled. */
const ending = extname(import.meta.filename);

/** The effects of the substrate of that name, by their kind. Without the folder there are none. */
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

/** `true`, or why not: for the substrate's own account of what it supports. */
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
