/** Reads how many requests a Varnish sent to each of its backends, from its shared memory. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Tool } from "../core/tools.ts";

const run = promisify(execFile);
const readMs = 5_000;

export interface BackendCount {
  /** As the VCL names it: `live_region_a`. */
  readonly backend: string;
  readonly requests: number;
}

export async function readBackends(tool: Tool, workDirectory: string, signal?: AbortSignal): Promise<BackendCount[]> {
  const varnishstat = tool.companions["varnishstat"];
  if (varnishstat === undefined) throw new Error("this Varnish came without varnishstat");
  const { stdout } = await run(varnishstat, ["-n", workDirectory, "-1", "-j", "-f", "VBE.*.req"], { env: { ...tool.env }, timeout: readMs, ...(signal === undefined ? {} : { signal }) });
  return parseBackends(stdout);
}

/** `{"counters":{"VBE.<vcl>.<backend>.req":{"value":12,…}}}`; the VCL's name may change with a reload, the backend's does not. */
export function parseBackends(text: string): BackendCount[] {
  const { counters } = JSON.parse(text) as { counters?: Readonly<Record<string, { readonly value?: number }>> };
  const totals = new Map<string, number>();
  for (const [name, counter] of Object.entries(counters ?? {})) {
    const backend = /^VBE\.[^.]+\.(.+)\.req$/.exec(name)?.[1];
    if (backend !== undefined) totals.set(backend, (totals.get(backend) ?? 0) + (counter.value ?? 0));
  }
  return [...totals].map(([backend, requests]) => ({ backend, requests }));
}

/** `live_region_a` → lane `live`, origin `region_a`. */
export function laneAndOrigin(backend: string): { readonly lane: string; readonly origin: string } {
  const cut = backend.indexOf("_");
  return cut < 0 ? { lane: "junk", origin: backend } : { lane: backend.slice(0, cut), origin: backend.slice(cut + 1).replaceAll("_", "-") };
}
