import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import "../../targets/live-streaming/pack/pack.ts";
import { readRun } from "../run/read-run.ts";
import { documentNames, schemaFile, schemaOf } from "./documents.ts";
import { problemsOf, published, schemaFolder } from "../../test/support/documents.ts";

const sample = (name: string): Record<string, unknown> =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, "../../reports/sample", name), "utf8"),
  ) as Record<string, unknown>;

describe("published schemas", () => {
  it.each(documentNames)(
    "%s matches the code; `./seawall schema --write schemas` updates the file",
    (name) => {
      expect(published(name)).toEqual(JSON.parse(JSON.stringify(schemaOf(name))));
    },
  );

  it("exist for every document, and for nothing else", () => {
    expect(
      readdirSync(schemaFolder)
        .filter((name) => name.endsWith(".json"))
        .sort(),
    ).toEqual(documentNames.map(schemaFile).sort());
    expect(new Set(documentNames.map((name) => published(name)["$id"])).size).toBe(
      documentNames.length,
    );
  });

  it("describe the sample run's verdict, and its plan in today's format", async () => {
    expect(problemsOf(sample("verdict.json"))).toEqual([]);
    const { plan } = await readRun(resolve(import.meta.dirname, "../../reports/sample"));
    expect(problemsOf(JSON.parse(JSON.stringify(plan)))).toEqual([]);
  });

  it("reject missing fields, wrong types and undescribed fields", () => {
    const { status: _status, ...without } = sample("verdict.json");
    expect(problemsOf(without)).toEqual(
      expect.arrayContaining([expect.stringContaining("must have required property 'status'")]),
    );
    expect(problemsOf({ ...sample("verdict.json"), seed: "1" })).toEqual(
      expect.arrayContaining([expect.stringContaining("/seed must be number")]),
    );
    expect(problemsOf({ ...sample("verdict.json"), mood: "calm" })).toEqual([
      expect.stringMatching(/^closed schema of verdict: .*"mood"/),
    ]);
    expect(problemsOf({ format: "seawall-mood/1" })).toEqual([
      expect.stringContaining("no published schema"),
    ]);
  });

  it("let today's readers read what a later version of Seawall adds", () => {
    expect(JSON.stringify(published("verdict"))).not.toContain('"additionalProperties":false');
    expect(join(schemaFolder, schemaFile("verdict"))).toMatch(/schemas\/verdict\.v1\.json$/);
  });
});
