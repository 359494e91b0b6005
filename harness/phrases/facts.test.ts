import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { claim, recovery } from "./claims.ts";
import { evidence } from "./evidence.ts";

const harness = resolve(import.meta.dirname, "..");

function sources(folder: string): string[] {
  return readdirSync(join(harness, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|js)$/.test(name) && !/\.test\.ts$|fixture/.test(name))
    .map((name) => join(harness, folder, name));
}

describe("the phrases of findings", () => {
  // The compiler checks that facts and phrases match one to one.
  it("belong to facts that some rule states", () => {
    const judge = sources("judge")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const all = [claim, recovery, ...Object.values(evidence).map(({ facts }) => facts)];
    const unstated = all
      .flatMap((facts) => Object.keys(facts))
      .filter((fact) => !judge.includes(`"${fact}"`));
    expect(unstated).toEqual([]);
  });

  it("include a title for each rule, without duplicates", () => {
    const titles = Object.values(evidence).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

/** Code that decides by a finding's title or wording, which is forbidden. */
const byWords =
  /\b(?:why|title|observation)\??\.(?:startsWith|endsWith|includes|match|search|split|indexOf)\(|\.test\((?:\w+\.)?(?:why|title|observation)\)|\b\w+\.title [!=]==? |[!=]==? \w+\??\.title\b/;

describe("code", () => {
  it("does not branch on wording", () => {
    const found = sources(".").flatMap((path) =>
      readFileSync(path, "utf8")
        .split("\n")
        .flatMap((line, index) =>
          byWords.test(line) ? [`${path.slice(harness.length)}:${index + 1} ${line.trim()}`] : [],
        ),
    );
    // A claim that is named by the start of its title, as in older versions, is refused with its
    // id.
    expect(found.map((line) => line.split(" ", 1)[0]?.split(":", 1)[0])).toEqual([
      "/plan/reliance.ts",
    ]);
  });

  it("is detected by the pattern", () => {
    expect(byWords.test('if (why.startsWith("The load generator"))')).toBe(true);
    expect(byWords.test("all.find((one) => one.title === claim.title)")).toBe(true);
    expect(byWords.test("const title = claim.title;")).toBe(false);
  });
});
