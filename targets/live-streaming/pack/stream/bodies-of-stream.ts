/** What the judge and the report know of a stream's bodies. */
import type { Bodies, Fact } from "../../../../harness/target/bodies.ts";
import { leastBytes } from "./body.ts";
import type { Source } from "./source.ts";
import { isUnread, type Stream } from "./stream.ts";

/** Undefined before it is read what the stream holds. */
export function bodiesOf(stream: Stream): Bodies | undefined {
  return isUnread(stream) ? undefined : knownBodies(stream);
}

function knownBodies(stream: Stream): Bodies {
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

export function factsOf(stream: Stream): readonly Fact[] {
  const { event, segmentMs, renditions, source } = stream;
  if (source !== undefined) return factsOfSource(stream, source);
  const names = renditions.map(({ name }) => name).join(", ");
  return [{ label: "Stream", value: `${event}, ${segmentMs / 1000} s segments, ${names}` }];
}

function factsOfSource({ segmentMs, renditions }: Stream, { path, read }: Source): readonly Fact[] {
  const shown = path.replace(/\?.*$/s, "");
  if (read === undefined) return [{ label: "Stream", value: `${shown}, read once it is up` }];
  const { format, lowLatency, ended, windowMs, holdBackMs, hosts, clockAheadMs } = read;
  const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
  const rates = renditions.map(
    ({ name, bitsPerSecond }) =>
      name + (bitsPerSecond > 0 ? ` (${Math.round(bitsPerSecond / 1_000)} kbit/s)` : ""),
  );
  return [
    {
      label: "Stream",
      value:
        `${format === "hls" ? "HLS" : "DASH"}${lowLatency ? ", low latency" : ""}` +
        `${ended ? ", ended" : ""}, read from ${shown}`,
    },
    { label: "Segments", value: `${seconds(segmentMs)}, in a window of ${seconds(windowMs)}` },
    { label: "Renditions", value: rates.join(", ") },
    { label: "Behind end", value: `${seconds(holdBackMs)}, as the stream wants its players` },
    ...(hosts.length === 0 ? [] : [{ label: "Also from", value: hosts.join(", ") }]),
    ...(clockAheadMs === undefined
      ? []
      : [{ label: "Its clock", value: `${Math.round(clockAheadMs)} ms before this machine's` }]),
  ];
}
