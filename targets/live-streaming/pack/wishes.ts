/**
 * What viewers ask for, as the workloads draw it that ask as the prober does
 * (`probes/probe-wish.ts`).
 */
import { livePatienceMs, pastFrom, pastPatienceMs } from "./probes/probe-wish.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import type { Stream } from "./stream/stream.ts";
import type { Wishes } from "../../../harness/target/wishes.ts";

/** Of the class `lane`, which these workloads play; null where the target is no stream. */
export function wishesOf(
  lane: string,
  workloads: readonly string[],
  { content, entries }: Pick<Layout, "content" | "entries">,
): Wishes | null {
  if (content === undefined) return null;
  const { segmentMs, dvrSegments, renditions } = content as Stream;
  const within = (patienceMs: number): number => Math.ceil(patienceMs / segmentMs) + 1;
  const moments = lane === "live" ? 1 : Math.max(1, dvrSegments - pastFrom);
  const least = lane === "live" ? 0 : pastFrom;
  const patienceMs = lane === "live" ? livePatienceMs : pastPatienceMs;
  // Half of all requests are for audio, where there are both kinds.
  const kinds = new Set(renditions.map(({ kind }) => kind)).size;
  const ofKind = (kind: string): number => renditions.filter((one) => one.kind === kind).length;
  // Sessions are told their home by a gateway.
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
