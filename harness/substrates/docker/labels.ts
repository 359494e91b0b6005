/**
 * The labels of containers and networks. Everything of Seawall carries the first; everything of a
 * run also its id.
 */
import { projectLabel } from "./image/paths.ts";

const runLabel = `${projectLabel}.run`;
const serviceLabel = `${projectLabel}.service`;

export function labelsOf(runId: string, service: string): Record<string, string> {
  return { [projectLabel]: "run", [runLabel]: runId, [serviceLabel]: service };
}

/** Records what must be removed before it is created; the returned function marks it as removed. */
export type Recorder = (what: "container" | "network", name: string) => () => void;

/** A filter for the engine's lists and events: everything of one run. */
export function ofRun(runId: string): string[] {
  return [`${runLabel}=${runId}`];
}

/** `seawall-20261121T181500Z-1a2b-region-a-front`; unique on the engine, because run ids are. */
export function nameOf(runId: string, what: string): string {
  return `seawall-${runId}-${what.replaceAll(/[^A-Za-z0-9_.-]/g, "-")}`;
}
