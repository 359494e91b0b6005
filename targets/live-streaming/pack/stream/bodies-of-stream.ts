/** What the judge and the report know of a stream's bodies. */
import type { Bodies, Fact } from "../../../../harness/target/bodies.ts";
import { leastBytes } from "./body.ts";
import type { Stream } from "./stream.ts";

export function bodiesOf(stream: Stream): Bodies {
  return {
    name: "segment",
    looks: "body_seen",
    sizes: "canary_bytes",
    variantTag: "rendition",
    variants: Object.fromEntries(
      stream.renditions.map(({ name, sameAs }) => [
        name,
        {
          leastBytes: leastBytes(stream, name),
          ...(sameAs === undefined ? {} : { sameAs }),
        },
      ]),
    ),
    timed: ["fmp4"],
    checksums: stream.digestHeader !== undefined,
  };
}

export function factsOf({ event, segmentMs, renditions }: Stream): readonly Fact[] {
  const names = renditions.map(({ name }) => name).join(", ");
  return [{ label: "Stream", value: `${event}, ${segmentMs / 1000} s segments, ${names}` }];
}
