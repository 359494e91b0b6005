import { expect, it } from "vitest";
import { subjectOf } from "./subject.ts";

const commit = "63f2cbd0000000000000000000000000000000ab";

it.each([
  [{}, null],
  [{ label: "cache off" }, "cache off"],
  [{ versionGiven: "1.5.0" }, "version 1.5.0"],
  [{ git: { commit, branch: null, changed: false } }, "63f2cbd"],
  [
    { label: "cache off", versionGiven: "1.5.0", git: { commit, branch: "main", changed: true } },
    "cache off, version 1.5.0, main at 63f2cbd with changes",
  ],
])("says what was tested as its user knows it: %j", (stated, words) => {
  expect(subjectOf(stated)).toBe(words);
});
