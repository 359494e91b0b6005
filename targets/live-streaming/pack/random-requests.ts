/**
 * The viewers' random choices, for workloads that ask like the prober (`probes/probe-schedule.ts`).
 */
import { livePatienceMs, pastFrom, pastPatienceMs } from "./probes/probe-schedule.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import type { Stream } from "./stream/stream.ts";
import type { Wishes } from "../../../harness/target/wishes.ts";

/** Of the class `lane`, which these workloads play; null if the target is no stream. */
export function randomRequestsOf(
  lane: string,
  workloads: readonly string[],
  { content, entries }: Pick<Layout, "content" | "entries">,
): Wishes | null {
  // What a playlist names is not for the clock to say.
  if (content === undefined || (content as Stream).source !== undefined) return null;
  const { segmentMs, dvrSegments, renditions } = content as Stream;
  const within = (patienceMs: number): number => Math.ceil(patienceMs / segmentMs) + 1;
  const moments = lane === "live" ? 1 : Math.max(1, dvrSegments - pastFrom);
  const least = lane === "live" ? 0 : pastFrom;
  const patienceMs = lane === "live" ? livePatienceMs : pastPatienceMs;
  // Half of all requests are for audio, if there are both kinds.
  const kinds = new Set(renditions.map(({ kind }) => kind)).size;
  const ofKind = (kind: string): number => renditions.filter((one) => one.kind === kind).length;
  // A gateway assigns a session its home.
  const drawHomes = workloads.every((workload) => workload === "viewers");
  return {
    ages: [least, least + moments - 1 + within(patienceMs)],
    moments,
    draws: {
      rendition: Object.fromEntries(
        renditions.map(({ name, kind }) => [name, 1 / kinds / ofKind(kind)]),
      ),
      ...(drawHomes
        ? { home: Object.fromEntries(entries.map(({ service }) => [service, 1 / entries.length])) }
        : {}),
    },
  };
}
