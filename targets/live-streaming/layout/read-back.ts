/**
 * Where an acknowledged segment can be read back from the store: one pipeline's own copy, bypassing
 * every cache.
 */
import type { PlayCheck } from "../../../harness/target/layout.ts";
import { event } from "../stream/event.ts";

/** One place may be broken. Asking all of many would only take time. */
const placesMax = 3;

/** First at the read origin where the pipeline publishes, then elsewhere. */
export function readBackOf(
  sites: readonly { readonly name: string; readonly pipeline?: string | null }[],
) {
  return (pipeline: string, rendition: string, number: number): readonly PlayCheck[] => {
    const path = `/check/${pipeline}/${event}/${rendition}/${number}.m4s`;
    const nearest = [...sites].sort(
      (left, right) => Number(right.pipeline === pipeline) - Number(left.pipeline === pipeline),
    );
    return nearest
      .slice(0, placesMax)
      .map(({ name }) => ({ service: `${name}/origin-read`, port: "http", path }));
  };
}
