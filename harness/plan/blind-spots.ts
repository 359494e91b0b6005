/**
 * What nobody looks at in a run of this target, said beforehand: a reader of the verdict must not
 * take it for seen.
 */
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import type { Layout } from "../target/layout.ts";
import type { Pack } from "../target/pack.ts";

/** One sentence each. Of a model, `plan` says elsewhere what is left out. */
export function blindSpots(
  layout: Layout,
  substrate: SubstrateName,
  pack?: Pack,
): readonly string[] {
  if (isVirtual(substrate)) return [];
  const { services, entries } = layout;
  const elsewhere = entries
    .map(({ service }) => service)
    .filter((name) => services.find((one) => one.name === name)?.at !== undefined);
  return [
    ...(pack?.blindSpots?.(layout) ?? []),
    ...(elsewhere.length === 0
      ? []
      : [
          `${elsewhere.join(", ")}: Seawall does not run them, so their output is not ` +
            "counted; what the generator reads and this machine receives is",
        ]),
  ];
}
