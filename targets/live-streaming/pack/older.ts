/** Defaults for plans that were recorded before a field of the stream existed. */
import { rhythmOfStream } from "./rhythm-of-stream.ts";
import { bodiesOf, factsOf } from "./stream/bodies-of-stream.ts";
import type { Stream } from "./stream/stream.ts";

export function ofStreamBefore({
  stream: recorded,
}: {
  readonly stream?: unknown;
}): Readonly<Record<string, unknown>> {
  if (recorded === undefined) return {};
  const stream = recorded as Stream;
  return {
    rhythm: rhythmOfStream(stream),
    bodies: bodiesOf(stream),
    facts: factsOf(stream),
    drawEntries: ["viewers"],
  };
}
