/**
 * Faults that only a stream can have, beyond those of the harness: their form is the same. A new
 * one is a folder and a line here; its name is the `kind` that a record holds.
 */
export { badSegments } from "./bad-segments/fault.ts";
export { coldCache } from "./cold-cache/fault.ts";
export { slowStore } from "./slow-store/fault.ts";
