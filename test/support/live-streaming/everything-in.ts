/** All that is read from a text, for a comparison of engines. */
import {
  mediaOf,
  readStream,
} from "../../../targets/live-streaming/pack/stream/reading/read-stream.ts";
import {
  segmentAfter,
  windowOf,
} from "../../../targets/live-streaming/pack/stream/reading/segments.ts";
import type {
  MediaView,
  SegmentView,
} from "../../../targets/live-streaming/pack/stream/reading/views.ts";

export function everythingIn(text: string): object {
  const { stream, media } = readStream(text, "https://cdn.example.net/live/name");
  const medias =
    stream.format === "dash"
      ? stream.renditions.map(({ id }) => mediaOf(stream, id))
      : media === undefined
        ? []
        : [media];
  return { stream, segments: medias.map(segmentsOf) };
}

function segmentsOf(media: MediaView): SegmentView[] {
  const found: SegmentView[] = [];
  for (let one = windowOf(media, 0).oldest ?? null; one !== null; one = segmentAfter(media, one))
    found.push(one);
  return found;
}
