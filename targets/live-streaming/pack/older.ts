/** Defaults for plans that were recorded before a field of the stream existed. */
import type { Metric, Registry } from "../../../harness/metrics/metrics.ts";
import { metrics as today } from "./metrics.ts";
import older from "./older-plans.json" with { type: "json" };
import { rhythmOfStream } from "./rhythm-of-stream.ts";
import { bodiesOf, factsOf } from "./stream/bodies-of-stream.ts";
import type { Stream } from "./stream/stream.ts";

const { charts, ...spoken } = older;

/** As much of an older plan as tells what it leaves out. */
interface OlderPlan {
  readonly content?: Stream;
  readonly metrics?: Registry;
}

export function ofStreamBefore(plan: OlderPlan): object | null {
  const { content } = plan;
  if (content === undefined) return null;
  const { metrics, ...whole } = {
    charts,
    rhythm: rhythmOfStream(content),
    bodies: bodiesOf(content),
    facts: factsOf(content),
    drawEntries: ["viewers"],
    ...(plan.metrics === undefined ? spoken : {}),
    ...plan,
  };
  return { ...whole, metrics: accounting(metrics as Registry) };
}

/** Metrics did not say yet by what a reckoning is complete. */
function accounting(metrics: Registry): Registry {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, metric]): [string, Metric] => {
      const accounts = today[name]?.accounts;
      return [name, accounts === undefined ? metric : { ...metric, accounts }];
    }),
  );
}
