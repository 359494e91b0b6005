/**
 * A gateway's health polls of one edge, over the link between them, with the real service's rules
 * for a loss.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import { createEdgeHealth } from "../gateway/edge-health.ts";
import { watchEveryMs, watchPatienceMs } from "../gateway/edge-watch.ts";
import type { Watched } from "./fetch-model.ts";

export function watchEdge(
  gateway: ModelNode,
  simulation: Simulation,
  edge: Watched,
  onChange: (usable: boolean) => void,
): void {
  const health = createEdgeHealth();
  const ask = (): void =>
    simulation.request<true>({
      from: gateway,
      to: edge.node,
      port: "http",
      timeoutMs: watchPatienceMs,
      serve: (reply) => reply(true),
      done: (answer) => {
        const was = health.usable;
        health.observe(answer === true);
        if (health.usable !== was) onChange(health.usable);
        gateway.after(watchEveryMs, ask);
      },
    });
  ask();
}
