/**
 * `import … from "seawall/streaming"`: a stream of your own as a target, and the reference target.
 */
export { type StreamTarget, streamTarget } from "./pack/own-target/stream-target.ts";
export { faults } from "./pack/faults.ts";
export { type Audience, watching } from "./pack/viewer/audience.ts";
export { viewersWatch, type ViewersWatch } from "./pack/viewer/viewers-watch.ts";
export { streaming } from "./pack/pack.ts";
export { replay, type ReplayOptions } from "./pack/replay.ts";
export type { StreamSource } from "./pack/stream/source.ts";
export type { Stream } from "./pack/stream/stream.ts";
export { liveStreaming } from "./target.ts";
