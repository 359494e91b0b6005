/** The parts of a layout, and of a plan, that belong to a stream. */
import type { Bodies } from "../../../../harness/target/bodies.ts";
import type { Layout } from "../../../../harness/target/layout.ts";
import { rhythmOfStream } from "../rhythm-of-stream.ts";
import { bodiesOf, factsOf } from "./bodies-of-stream.ts";
import type { Stream } from "./stream.ts";

export function streamParts(stream: Stream): Pick<Layout, "content" | "rhythm"> {
  return { content: stream, rhythm: rhythmOfStream(stream) };
}

/** As a plan records it. */
export function streamRecord(stream: Stream) {
  return {
    content: stream,
    rhythm: rhythmOfStream(stream),
    bodies: bodiesOf(stream) as Bodies,
    facts: factsOf(stream),
  };
}
