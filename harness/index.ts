/**
 * The public entry, `seawall`: what an experiment of your own imports. It has the types of
 * experiments, targets and packs, and the functions that define them. `seawall/target` has more of
 * targets, and `seawall/streaming` of streams.
 */
export { defineExperiment } from "./experiment/experiment.ts";
export type { Claim } from "./claims/statistics/registry.ts";
export type { Experiment, Load, Recovery, Step } from "./experiment/experiment.ts";
export type { Phase } from "./base/phases.ts";
export type { Metric, Registry } from "./metrics/metrics.ts";
export { composeTarget } from "./target/compose-target.ts";
export type { ComposeTarget, Composed } from "./target/compose-target.ts";
// The second is the earlier name, which files of users may still import.
export { defineTarget, defineTarget as ownTarget } from "./target/own-target.ts";
export type { OwnTarget } from "./target/own-target-description.ts";
export type { Pack } from "./target/pack.ts";
export type { Defence } from "./target/target.ts";
export type {
  Access,
  Launch,
  Operation,
  Place,
  Query,
  SessionStep,
  Tls,
} from "./target/layout.ts";
export type { ScriptLoad } from "./experiment/script-load.ts";
export { defineGameDay, type GameDay } from "./game-day/day/game-day.ts";
export { type Config, defineConfig } from "./settings/settings.ts";
