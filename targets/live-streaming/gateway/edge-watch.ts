/**
 * Asks each edge for its health twice a second, so that a lost one is known here before its viewers
 * have run dry.
 */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointSettings } from "../service/configuration.ts";
import { createEdgeHealth } from "./edge-health.ts";

export interface WatchedEdge {
  readonly name: string;
  readonly poll: EndpointSettings;
}

/** How often each edge is asked… */
export const watchEveryMs = 500;
/** …and for how long: an edge that needs longer for one word is of no use to a viewer either. */
export const watchPatienceMs = 800;

/** Runs until `signal` fires; `onChange` hears of an edge that is lost or back. */
export async function watchEdges(
  edges: readonly WatchedEdge[],
  signal: AbortSignal,
  onChange: (edge: string, usable: boolean) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  signal.addEventListener("abort", () => agent.destroy(), { once: true });
  await Promise.all(
    edges.map(async ({ name, poll }) => {
      const health = createEdgeHealth();
      while (!signal.aborted) {
        const was = health.usable;
        health.observe(await answers(poll, agent));
        if (health.usable !== was && !signal.aborted) onChange(name, health.usable);
        await sleep(watchEveryMs, undefined, { signal }).catch(() => undefined);
      }
    }),
  );
}

function answers(at: EndpointSettings, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { host: at.host, port: at.port, path: "/health/ready", agent },
      (response) => {
        response
          .resume()
          .once("end", () => resolve(response.statusCode === 200))
          .once("close", () => resolve(false));
      },
    );
    const timer = setTimeout(() => request.destroy(new Error("slow")), watchPatienceMs);
    request.once("close", () => clearTimeout(timer)).once("error", () => resolve(false));
  });
}
