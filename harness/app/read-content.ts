/**
 * Reads the content of a target whose description leaves it to be read. A target that runs already
 * is read when the run is planned, and one that the run starts after its deployment.
 */
import type { ContentRecord } from "../record/content.ts";
import type { Planned } from "../plan/options.ts";
import { hostProblems } from "../plan/problems/hosts.ts";
import { type ContentRead, layoutAsRead } from "../target/content.ts";
import type { Deployment } from "../target/deployment.ts";
import { entriesOf, type Entry } from "../target/entries.ts";
import { accessible, type Layout } from "../target/layout.ts";
import { isOurs } from "../target/own-hosts.ts";
import type { Target } from "../target/target.ts";

interface How {
  readonly allowHosts: readonly string[];
  readonly signal: AbortSignal;
}

/** Of a target that runs already; null if its content is known, or if the run starts it. */
export async function contentOfRunning(
  { pack, topologies, problems }: Target,
  topology: string,
  { allowHosts, signal }: How,
): Promise<ContentRead | null> {
  const reader = pack?.reader;
  if (reader === undefined || (problems?.(Date.now()) ?? []).length > 0) return null;
  const layout = Object.hasOwn(topologies, topology) ? topologies[topology]?.layout() : undefined;
  if (layout === undefined || !reader.isDue(layout) || layout.outside !== undefined) return null;
  const entries = runningEntries(layout);
  // The plan refuses other hosts, and nothing is sent to them before.
  if (entries === null || hostProblems(layout, allowHosts).length > 0) return null;
  return reader.read({
    layout,
    entries,
    isAllowed: allowing(allowHosts),
    nowMs: () => Date.now(),
    signal,
  });
}

/** This machine, and what the user allows. */
export function allowing(allowHosts: readonly string[] = []): (host: string) => boolean {
  return (host) => isOurs(host) || allowHosts.includes(host);
}

/** Null if the run starts one of them. */
function runningEntries({ services, entries }: Layout): readonly Entry[] | null {
  const found = entries.flatMap(({ service: wanted, port }): Entry[] => {
    const service = services.find(({ name }) => name === wanted);
    const endpoint = service?.at?.[port];
    return service === undefined || endpoint === undefined
      ? []
      : [accessible(service, port, endpoint)];
  });
  return found.length === entries.length && found.length > 0 ? found : null;
}

export interface Reading {
  readonly record: ContentRecord;
  readonly notes: readonly string[];
}

/** Of a target that the run has started. */
export async function contentOfStarted(
  { unread, pack, allowHosts = [] }: Pick<Planned, "unread" | "pack" | "allowHosts">,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<Reading | null> {
  if (unread === undefined) return null;
  const { layout } = deployment;
  const read = await unread.read({
    layout,
    entries: entriesOf(deployment),
    isAllowed: allowing(allowHosts),
    nowMs: () => Date.now(),
    signal,
  });
  const known = layoutAsRead(layout, read);
  const bodies = pack?.bodies?.(known);
  const { content, rhythm, notes } = read;
  return {
    record: {
      content,
      ...(rhythm === undefined ? {} : { rhythm }),
      ...(bodies === undefined ? {} : { bodies }),
      ...(pack?.facts === undefined ? {} : { facts: pack.facts(known) }),
    },
    notes,
  };
}
