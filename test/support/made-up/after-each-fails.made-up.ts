import { afterEach, it } from "vitest";

afterEach(() => {
  throw new Error("made up");
});

it("would pass", () => {});
