/**
 * What a target exposes is its own word. Under the name of a metric that the load generator, the
 * prober or the harness measures, it would speak for them.
 */
import { metricIn, type Registry } from "../../metrics/metrics.ts";
import {
  isExposed,
  isQueried,
  type Layout,
  metricsReadFrom,
  type Telemetry,
} from "../../target/layout.ts";

/** `others`: the metrics of a run in which no service exposes anything. */
export function exposedProblems({ services }: Layout, others: Registry): string[] {
  return services.flatMap(({ name, telemetry }) =>
    telemetry.filter(isNamedByUser).flatMap((read) =>
      metricsReadFrom(read).flatMap((one) => {
        const known = metricIn(others, one);
        return known === undefined || known.source === "service"
          ? []
          : [
              `service "${name}": it cannot expose ${one}, which is a metric of the ` +
                `${whose[known.source]}; expose it under another name`,
            ];
      }),
    ),
  );
}

/** The answers of queries have names of the user's own, too. */
function isNamedByUser(telemetry: Telemetry): boolean {
  return isExposed(telemetry) || isQueried(telemetry);
}

const whose = {
  generator: "load generator",
  prober: "prober",
  player: "players",
  reader: "target's pack",
  harness: "harness",
} as const;
