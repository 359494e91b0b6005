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
          "this target sends no checksum: viewers and the prober check that bodies are segments, not that they are the right ones",
        ]),
    ...(elsewhere.length === 0
      ? []
      : [
          `${elsewhere.join(", ")}: Seawall does not run them, so their output is not counted; what the generator reads and this machine receives is`,
        ]),
  ];
}
