import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { tierNames, tierOf, tierOrder, tiers, tierText } from "./tiers.ts";

const root = resolve(import.meta.dirname, "../..");

describe("tiers", () => {
  it("are listed lowest first, each after its prerequisite", () => {
    for (const [index, { name, after }] of tiers.entries()) {
      expect(after === null || tierNames.indexOf(after) < index, name).toBe(true);
    }
    expect(
      ["kong", "storm", "latency"].toSorted((a, b) => tierOrder(a as "kong", b as "kong")),
    ).toEqual(["storm", "latency", "kong"]);
  });

  it("have a unique plain name", () => {
    expect(new Set(tiers.map(({ plain }) => plain)).size).toBe(tiers.length);
    expect(tierOf("gorilla").plain).toBe("zone");
  });

  it("are shown with their plain name; an unknown tier is shown unchanged", () => {
    expect(tierText("kong")).toBe("kong (region)");
    expect(tierText("godzilla")).toBe("godzilla");
  });

  it("are named in one list only", () => {
    const files = readdirSync(join(root, "harness"), { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
    );
    const others = files.filter(
      (name) =>
        name !== join("core", "tiers.ts") &&
        /"gorilla"[^\n]*"kong"/.test(readFileSync(join(root, "harness", name), "utf8")),
    );
    expect(others).toEqual([]);
  });
});
