import { afterAll, it } from "vitest";

afterAll(() => {
  throw new Error("made up");
});

it("would pass", () => {});
