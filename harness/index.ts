/** What an experiment of your own imports: its type, a target's description, and their types. */
export { defineExperiment } from "./core/experiment.ts";
export type { Claim, Experiment, Load, Phase, Recovery, Step } from "./core/experiment.ts";
export type { Metric, Registry } from "./core/metrics.ts";
export { ownTarget } from "./core/own-target.ts";
export type { OwnTarget } from "./core/own-target.ts";
export type { Pack } from "./core/pack.ts";
export type { Defence, Launch, Place } from "./core/target.ts";
