/** What nobody looks at in a run of this target, said beforehand: a reader of the verdict must not take it for seen. */
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import type { Layout } from "../target/layout.ts";

/** One sentence each. Of a model, `plan` says elsewhere what is left out. */
export function blindSpots(
  { services, edges, stream }: Layout,
  substrate: SubstrateName,
): readonly string[] {
  if (isVirtual(substrate)) return [];
  const elsewhere = edges
    .map(({ service }) => service)
    .filter((name) => services.find((one) => one.name === name)?.at !== undefined);
  return [
    ...(stream === undefined || stream.digestHeader !== undefined
      ? []
      : [
          "this target sends no checksum: one viewer in four and the prober see whether bodies are segments, and nobody whether they are the right ones",
        ]),
    ...(elsewhere.length === 0
      ? []
      : [
          `${elsewhere.join(", ")}: somebody else runs them, so that nobody counts what they write; what the generator reads and this machine receives is counted`,
        ]),
  ];
}
