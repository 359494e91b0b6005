/**
 * What no source checks in a run of this target, known in advance. The verdict's reader must not
 * assume that it was checked.
 */
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import type { Layout } from "../target/layout.ts";
import type { Pack } from "../target/pack.ts";

/** One sentence each. For a model, the plan lists its omissions separately. */
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
