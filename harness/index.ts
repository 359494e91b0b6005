/**
 * `import … from "seawall"`: what an experiment of your own needs, and the types of it. A target
 * that is described in full finds more in `seawall/target`, a stream in `seawall/streaming`.
 */
export { defineExperiment } from "./experiment/experiment.ts";
export type { Claim } from "./claims/statistics/registry.ts";
export type { Experiment, Load, Recovery, Step } from "./experiment/experiment.ts";
export type { Phase } from "./base/phases.ts";
export type { Metric, Registry } from "./metrics/metrics.ts";
export { ownTarget, ownTarget as defineTarget } from "./target/own-target.ts";
export type { OwnTarget } from "./target/own-target-description.ts";
export type { Pack } from "./target/pack.ts";
export type { Defence } from "./target/target.ts";
export type { Place } from "./target/layout.ts";
export type { Launch } from "./target/layout.ts";
export { defineGameDay } from "./game-day/day/game-day.ts";
export { type Config, defineConfig } from "./settings/settings.ts";
