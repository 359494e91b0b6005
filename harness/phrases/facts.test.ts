import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { textsIn } from "../../test/support/texts-in.ts";
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

/** Rooms that draw conclusions. */
const concluding = ["judge", "gate", "ablation", "breaking-point", "compare"];

describe("sentences", () => {
  const page = readFileSync(join(harness, "phrases", "README.md"), "utf8");
  const elsewhere = /<!-- elsewhere.*?-->([\s\S]*?)<!-- \/elsewhere -->/.exec(page)?.[1] ?? "";
  const stated = [...elsewhere.matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path as string);
  const spoken = concluding
    .flatMap((room) => sources(room))
    .filter((path) => textsIn(readFileSync(path, "utf8")).some(({ text }) => isSentence(text)))
    .map((path) => path.slice(harness.length + 1));

  it("are made here, and in the files that the README states", () => {
    expect(spoken.sort()).toEqual(stated.sort());
  });

  it("are distinguished from names", () => {
    expect(["every claim held, but …", "… was ended early", "all phases"].map(isSentence)).toEqual([
      true,
      true,
      false,
    ]);
  });
});

/** Three words in a row; names and labels have fewer. */
function isSentence(text: string): boolean {
  return /\p{L}{2,} \p{L}{2,} \p{L}{2,}/u.test(text);
}

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
