/**
 * What is on air: one event, its renditions, and how each is encoded. Every service is told this at
 * launch; none assumes it.
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

/** One hour may be rewound; older segments are gone. */
export const dvrWindowSegments = 1800;

/** What a packager publishes at once when it starts, so that there is something to rewind to. */
export const backfillSegments = 20;
