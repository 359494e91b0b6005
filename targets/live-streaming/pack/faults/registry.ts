/**
 * The faults that only a stream can have, in the form of the harness's own. A new fault is a folder
 * and a line here. Its name is the `kind` in a record.
 */
export { badObjects } from "./bad-objects/fault.ts";
export { badPlaylists } from "./bad-playlists/fault.ts";
export { badSegments } from "./bad-segments/fault.ts";
export { coldCache } from "./cold-cache/fault.ts";
export { slowStore } from "./slow-store/fault.ts";
