import { beforeAll, describe, it } from "vitest";

describe("one part", () => {
  beforeAll(() => new Promise(() => {}), 100);

  it("would pass", () => {});
});

it("passes beside it", () => {});
