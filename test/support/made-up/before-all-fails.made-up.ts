import { beforeAll, describe, it } from "vitest";

beforeAll(() => {
  throw new Error("made up");
});

it("would pass", () => {});

describe("within", () => {
  it("would pass, too", () => {});
});
