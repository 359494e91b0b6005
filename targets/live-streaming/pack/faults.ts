/**
 * Constructors for the faults of streams, such as `faults.slowStore({ delayMs: 250, jitterMs: 50
 * })`.
 */
import { saying } from "../../../harness/target/fault.ts";
import { badObjects, badPlaylists, badSegments, coldCache, slowStore } from "./faults/registry.ts";

export const faults = {
  badObjects: saying("badObjects", badObjects),
  badPlaylists: saying("badPlaylists", badPlaylists),
  badSegments: saying("badSegments", badSegments),
  coldCache: saying("coldCache", coldCache),
  slowStore: saying("slowStore", slowStore),
};
