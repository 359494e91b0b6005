/**
 * The event on air: its renditions and their encoding. Every service gets it at launch; none
 * assumes it.
 */

export interface Rendition {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly bitsPerSecond: number;
  readonly width?: number;
  readonly height?: number;
}

export const event = "main";

export const renditions: readonly Rendition[] = [
  { name: "v720", kind: "video", bitsPerSecond: 1_500_000, width: 1280, height: 720 },
  { name: "v360", kind: "video", bitsPerSecond: 500_000, width: 640, height: 360 },
  { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
];

/** The DVR window: one hour. Older segments are gone. */
export const dvrWindowSegments = 1800;

/** What a packager publishes at once when it starts, so that DVR has content. */
export const backfillSegments = 20;
