/**
 * The labels that say whose a container or network is. Everything of ours carries the first;
 * everything of a run its id.
 */
import { projectLabel } from "./image/paths.ts";

const runLabel = `${projectLabel}.run`;
const serviceLabel = `${projectLabel}.service`;

export function labelsOf(runId: string, service: string): Record<string, string> {
  return { [projectLabel]: "run", [runLabel]: runId, [serviceLabel]: service };
}

/** Writes down, before it is made, what must be removed; the returned function says that it was. */
export type Recorder = (what: "container" | "network", name: string) => () => void;

/** For the engine's lists and events: everything of one run. */
export function ofRun(runId: string): string[] {
  return [`${runLabel}=${runId}`];
}

/** `seawall-20261121T181500Z-1a2b-region-a-front`; unique on the engine, as run ids are. */
export function nameOf(runId: string, what: string): string {
  return `seawall-${runId}-${what.replaceAll(/[^A-Za-z0-9_.-]/g, "-")}`;
}
