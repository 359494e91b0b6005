import { it } from "vitest";

it("fails", () => {
  throw new Error("made up");
});
