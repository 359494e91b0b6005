import { beforeEach, it } from "vitest";

beforeEach(() => {
  throw new Error("made up");
});

it("would pass", () => {});
