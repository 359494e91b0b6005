import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkGroup } from "./check-group.ts";
import { groups } from "./groups.ts";

for (const group of groups) if (group.runs === "hermetic") checkGroup(group);

describe("the planted lies", () => {
  it("have unique names", () => {
    const names = groups.flatMap(({ lies, honest }) =>
      [...lies, ...honest].map(({ name }) => name),
    );
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("are as many as the README says", () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const lies = groups.reduce((total, group) => total + group.lies.length, 0);
    const honest = groups.reduce((total, group) => total + group.honest.length, 0);
    expect(readme).toContain(
      `${lies} lies planted, ${lies} lies caught, ${honest} honest controls`,
    );
  });
});
