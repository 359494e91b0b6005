import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type StreamTarget,
  streamTarget,
} from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import { targetVersion } from "./target-fingerprint.ts";

const context = { root: fileURLToPath(new URL("../..", import.meta.url)) };
const launch = () => ({ command: "true", args: [], env: {}, files: {} });
const honest: StreamTarget = {
  name: "mine",
  services: [{ name: "edge", port: 8080, launch }],
  links: [["users", "edge"]],
  entries: ["edge"],
  stream: {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    dvrSegments: 20,
    segmentPath: "/live/{event}/{rendition}/{number}.m4s",
    renditions: [{ name: "v360", kind: "video", bitsPerSecond: 600_000 }],
  },
};
/** Like a user's file, whose types no compiler has checked. */
const versionWith = (changes: object): string =>
  targetVersion(context, streamTarget({ ...honest, ...changes }), "own");

describe("the version of a user's own target", () => {
  it("follows from its description", () => {
    expect(versionWith({})).toBe(versionWith({}));
    expect(versionWith({ version: "2" })).not.toBe(versionWith({}));
    expect(versionWith({ entries: [] })).not.toBe(versionWith({}));
  });

  // `plan` asks for the version first. It must come as far as the list of problems.
  it("exists whatever the description holds", () => {
    const key = fc.constantFrom(...Object.keys(honest), "version", "outside", "pack", "defences");
    const value = fc.oneof(fc.anything(), fc.constant(undefined), fc.array(fc.anything()));
    fc.assert(
      fc.property(key, value, (name, wrong) => {
        expect(versionWith({ [name]: wrong })).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });
});
