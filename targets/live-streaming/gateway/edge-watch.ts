/**
 * Polls each edge's health twice a second, so that a loss is known before viewers' buffers run
 * empty.
 */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointSettings } from "../service/configuration.ts";
import { createEdgeHealth } from "./edge-health.ts";

export interface WatchedEdge {
  readonly name: string;
  readonly poll: EndpointSettings;
}

/** The interval between polls of an edge… */
export const watchEveryMs = 500;
/** …and their timeout. An edge that is slower than this is of no use to a viewer. */
export const watchPatienceMs = 800;

/** Runs until `signal` fires. `onChange` reports each edge that is lost or back. */
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
