/**
 * The MPD: a template with constant duration. A player fetches it once and computes every address
 * from the clock.
 */

export interface ManifestRendition {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly bitsPerSecond: number;
  readonly codecs: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

export interface ManifestSettings {
  readonly segmentSeconds: number;
  readonly renditions: readonly ManifestRendition[];
}

/**
 * It is independent of time and place, so both pipelines publish the same bytes. The clock source
 * is the edge that served it. Its `Date` header would be wrong, because it is as old as the copy.
 */
export function manifest({ segmentSeconds, renditions }: ManifestSettings): string {
  const sets = (["video", "audio"] as const).map((kind) =>
    adaptationSet(
      kind,
      renditions.filter((each) => each.kind === kind),
      segmentSeconds,
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic"
  profiles="urn:mpeg:dash:profile:isoff-live:2011"
  availabilityStartTime="1970-01-01T00:00:00Z" publishTime="1970-01-01T00:00:00Z"
  minBufferTime="PT2S" maxSegmentDuration="PT${segmentSeconds}S"
  timeShiftBufferDepth="PT5M" suggestedPresentationDelay="PT6S">
  <Period id="0" start="PT0S">
${sets.join("")}  </Period>
  <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>
</MPD>
`;
}

function adaptationSet(
  kind: "video" | "audio",
  renditions: readonly ManifestRendition[],
  segmentSeconds: number,
): string {
  if (renditions.length === 0) return "";
  const representations = renditions.map(({ name, bitsPerSecond, codecs, width, height }) => {
    const shape =
      width === undefined || height === undefined
        ? ' audioSamplingRate="48000"'
        : ` width="${width}" height="${height}" frameRate="25"`;
    return (
      `      <Representation id="${name}" bandwidth="${bitsPerSecond}" ` +
      `codecs="${codecs}"${shape}/>\n`
    );
  });
  return `    <AdaptationSet contentType="${kind}" mimeType="${kind}/mp4"
      segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="1" duration="${segmentSeconds}" startNumber="0"
        initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s"/>
${representations.join("")}    </AdaptationSet>
`;
}
