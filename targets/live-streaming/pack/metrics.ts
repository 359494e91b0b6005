/**
 * The metrics of live streaming, by source: viewers, services, players and the harness's own
 * prober.
 */
import type { Registry } from "../../../harness/metrics/metrics.ts";
import { audience } from "./metrics/audience.ts";
import { gateways } from "./metrics/gateways.ts";
import { origins } from "./metrics/origins.ts";
import { players } from "./metrics/players.ts";
import { prober } from "./metrics/prober.ts";
import { publications } from "./metrics/publications.ts";
import { watchingViewers } from "./metrics/watching.ts";

export const metrics: Registry = {
  ...audience,
  ...watchingViewers,
  ...publications,
  ...prober,
  ...origins,
  ...gateways,
  ...players,
};
