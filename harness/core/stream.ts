/** Where a segment of a stream is. */
import type { Stream } from "./target.ts";

export function segmentPath({ segmentPath: template, event }: Stream, rendition: string, number: number): string {
  return template.replace("{event}", event).replace("{rendition}", rendition).replace("{number}", String(number));
}
