/** Which type stands on which page. The order is that of the page. */
import {
  abortShape,
  experimentSchema,
  loadShape,
  recoveryShape,
  stepShape,
} from "../../../harness/experiment/experiment-schema.ts";
import { composedShape } from "../../../harness/target/compose-target.ts";
import {
  ownTargetShape,
  runningShape,
  sessionShape,
  startedShape,
} from "../../../harness/target/own-target-problems.ts";
import { streamShape } from "../../../targets/live-streaming/pack/own-target/stream-problems.ts";
import type { TypeSection } from "../type-sections.ts";

const experiment = "harness/experiment/experiment.ts";
const described = "harness/target/own-target-description.ts";
const layout = "harness/target/layout.ts";
const day = "harness/game-day/day/game-day.ts";
const pack = "targets/live-streaming/pack";

const experiments: readonly TypeSection[] = [
  {
    name: "Experiment",
    path: experiment,
    shapes: [experimentSchema],
    made: { path: experiment, name: "defineExperiment" },
  },
  {
    name: "Load",
    path: "harness/experiment/load.ts",
    shapes: [loadShape],
    example: "load",
  },
  { name: "ScriptLoad", path: "harness/experiment/script-load.ts", example: "scenarios" },
  { name: "Step", path: experiment, shapes: [stepShape], example: "step" },
  { name: "Recovery", path: experiment, shapes: [recoveryShape], example: "recovery" },
  { name: "Abort", path: experiment, shapes: [abortShape], example: "abort" },
  { name: "GameDay", path: day, made: { path: day, name: "defineGameDay" }, example: "day" },
  { name: "GameDayStep", path: day },
  { name: "Role", path: day },
];

const targets: readonly TypeSection[] = [
  {
    name: "OwnTarget",
    path: described,
    shapes: [ownTargetShape],
    made: { path: "harness/target/own-target.ts", name: "defineTarget" },
    example: "links",
  },
  { name: "Started", path: described, shapes: [startedShape], example: "started" },
  { name: "Running", path: described, shapes: [runningShape], example: "running" },
  { name: "Place", path: layout },
  { name: "Launch", path: layout },
  { name: "Endpoint", path: layout },
  { name: "Access", path: layout },
  { name: "Tls", path: layout, example: "tls" },
  { name: "OwnSeries", path: described, example: "series" },
  { name: "Query", path: layout },
  { name: "Operation", path: layout, example: "operations" },
  { name: "Program", path: layout },
  { name: "OwnProbe", path: described, example: "probe" },
  { name: "SessionStep", path: layout, shapes: [sessionShape], example: "session" },
  { name: "Defence", path: "harness/target/target.ts" },
  { name: "Command", path: layout },
  {
    name: "ComposeTarget",
    path: "harness/target/compose-target.ts",
    shapes: [ownTargetShape],
    made: { path: "harness/target/compose-target.ts", name: "composeTarget" },
  },
  {
    name: "Composed",
    path: "harness/target/compose-target.ts",
    shapes: [runningShape.extend(composedShape.shape)],
  },
  {
    name: "StreamTarget",
    path: `${pack}/own-target/stream-target.ts`,
    shapes: [ownTargetShape],
    made: { path: `${pack}/own-target/stream-target.ts`, name: "streamTarget" },
  },
  { name: "Stream", path: `${pack}/stream/stream.ts`, shapes: [streamShape], example: "stream" },
  { name: "Pack", path: "harness/target/pack.ts", example: "pack" },
  { name: "Harm", path: "harness/target/harm.ts" },
  { name: "Refusal", path: "harness/target/harm.ts" },
  { name: "HarmedClass", path: "harness/target/harm.ts" },
];

const claims: readonly TypeSection[] = [{ name: "Selector", path: "harness/metrics/samples.ts" }];

const metrics: readonly TypeSection[] = [{ name: "Metric", path: "harness/metrics/metrics.ts" }];

export const sections = { experiments, targets, claims, metrics } as const;
