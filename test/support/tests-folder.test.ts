import { tmpdir } from "node:os";
import { basename } from "node:path";
import { expect, it } from "vitest";

it("puts every test's temporary files into the folder of its run", () => {
  expect(basename(tmpdir())).toMatch(/^seawall-tests-/);
});
