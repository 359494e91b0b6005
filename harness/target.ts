/** `import … from "seawall/target"`: all that describes what is tested. */
export { composeTarget } from "./target/compose-target.ts";
export type { ComposeTarget, Composed } from "./target/compose-target.ts";
export { defineTarget } from "./target/own-target.ts";
export type {
  Named,
  OwnParts,
  OwnProbe,
  OwnSeries,
  OwnTarget,
  Running,
  Started,
} from "./target/own-target-description.ts";
export type {
  Access,
  Command,
  Endpoint,
  Launch,
  Layout,
  Link,
  Operation,
  Outside,
  Place,
  Program,
  Query,
  Service,
  SessionStep,
  Telemetry,
  Tls,
} from "./target/layout.ts";
export type { Pack } from "./target/pack.ts";
export type { Defence, Target } from "./target/target.ts";
