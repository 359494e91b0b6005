import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, commandLineIn } from "../../../test/support/cli/command-line-here.ts";
import { problemsOf } from "../../../test/support/documents.ts";

const root = resolve(import.meta.dirname, "../../..");
let folder: string;
let stormsMade = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-ablate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seawall: CommandLine = (...args) =>
  commandLineIn(folder, [...args, "--substrate", "simulated", "--seed", "3", "--out", "runs"]);

/** The origin storm with few viewers, and a limit of `getsMax` origin requests per segment. */
function storm(getsMax: number, reliesOn: object, perSecond = 60): string {
  // Node caches imported modules by path.
  const name = `storm-${stormsMade++}.ts`;
  writeFileSync(
    join(folder, name),
    `
    import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
    const few = { baseline: ${perSecond}, fault: ${perSecond}, recovery: ${perSecond} };
    const [gets] = base.hypothesis.filter(({ id }) => id === "origin-gets");
    const [acked] = base.hypothesis.filter(({ id }) => id === "acknowledged-region-a");
    export default {
      ...base,
      name: "small-storm",
      load: base.load.map((load) => ({ ...load, ratePerSecond: few })),
      reliesOn: ${JSON.stringify(reliesOn)},
      phasesMs: { baseline: 8_000, fault: 8_000, recovery: 16_000 },
      recovery: { ...base.recovery, withinMs: 4_000 },
      method: [{ atMs: 2_000, forMs: 4_000, fault: base.method[0].fault }],
      hypothesis: [{ ...gets, limit: ${getsMax}, samplesMin: 4 }, { ...acked, samplesMin: 4 }],
    };`,
  );
  return `./${name}`;
}
type Document = Record<string, unknown> & {
  readonly directory: string;
  readonly complaints: readonly { readonly kind: string; readonly text: string }[];
};
const documentIn = (stdout: string): Document =>
  JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Document;

describe("seawall ablate", () => {
  it("succeeds if each control is refuted as expected, and reports all others", async () => {
    const path = storm(1.5, { collapsing: ["origin-gets"], msTtl: ["acknowledged-region-a"] });
    const { exitCode, stdout } = await seawall("ablate", path, "--json");
    const document = documentIn(stdout);
    expect(problemsOf(document)).toEqual([]);
    expect(document.complaints).toEqual([
      { kind: "green", text: "small-storm without msTtl holds: it proves nothing about msTtl" },
    ]);
    expect(exitCode).toBe(1);
    const [html, junit] = ["report.html", "junit.xml"].map((name) =>
      readFileSync(join(document.directory, name), "utf8"),
    );
    expect(html).toMatch(/<title>Simulated, [\s\S]*<body class="simulated">[\s\S]*>Simulated\.</);
    expect(html).toMatch(
      /<td class="held">\s*<a href="\.\.\/\.\.\/small-storm\/[^"]+\/report\.html">✓ refuted<\/a>/,
    );
    expect(junit).toContain('name="without msTtl [quick]"');
    expect(junit?.match(/<failure type="green"/g)).toHaveLength(1);

    const again = await seawall(
      "ablate",
      storm(1.5, { collapsing: ["acknowledged-region-a"] }),
      "--reuse",
    );
    expect(again.exitCode).toBe(1);
    expect(again.stdout.replace(/\s+/g, " ")).toMatch(
      /small-storm without collapsing is refuted for "Origin GETs [^"]+" instead of "Publications of region-a [^"]+": it proves nothing/,
    );
    expect(again.stdout).toMatch(/✓ held +small-storm +recorded/);
  });

  it("skips the controls of an experiment that does not hold", async () => {
    const { exitCode, stdout } = await seawall(
      "ablate",
      storm(0.1, { collapsing: ["origin-gets"] }),
    );
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(/- not run +└ without collapsing/);
    expect(await seawall("ablate", "origin-storm", "--without", "collapsing")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("omit --without"),
    });
    expect(await seawall("ablate", "origin-storm", "--attempts", "0")).toMatchObject({
      exitCode: 64,
    });
  });
});

describe("seawall breaking-point", () => {
  it("finds where the first claim fails, with its uncertainty", async () => {
    const { exitCode, stdout } = await seawall(
      "breaking-point",
      storm(4, [], 8),
      "--without",
      "collapsing",
      "--runs",
      "7",
      "--json",
    );
    const document = documentIn(stdout);
    expect(problemsOf(document)).toEqual([]);
    const { conclusion, steps, broke } = document as unknown as {
      conclusion: { kind: string; estimate: number; from: number; until: number };
      steps: { scale: number; outcome: string }[];
      broke: string[];
    };
    expect(conclusion.kind).toBe("broke");
    expect(broke[0]).toMatch(/Origin GETs/);
    const held = steps.filter(({ outcome }) => outcome === "held").map(({ scale }) => scale);
    expect(conclusion.from).toBeLessThanOrEqual(Math.max(...held));
    expect([
      conclusion.from <= conclusion.estimate,
      conclusion.estimate <= conclusion.until,
    ]).toEqual([true, true]);
    expect(exitCode).toBe(conclusion.estimate < 1 ? 1 : 0);
    expect(readFileSync(join(document.directory, "report.html"), "utf8")).toMatch(
      /It breaks at about .* of headroom|is .* too little/,
    );
  });

  it("scales the virtual users of a real audience, and not of a simulated one", async () => {
    const planned = async (substrate: string): Promise<unknown> => {
      const args = ["plan", "origin-storm", "--scale", "2.5", "--substrate", substrate, "--json"];
      const { stdout } = await commandLineIn(folder, args);
      return JSON.parse(stdout);
    };
    const [real, simulated] = [await planned("process"), await planned("simulated")];
    expect(real).toMatchObject({
      scale: 2.5,
      rerun: expect.stringContaining("--scale 2.5"),
      load: [
        { ratePerSecond: { fault: 500 }, vus: 2_500 },
        { ratePerSecond: { fault: 50 }, vus: 300 },
      ],
    });
    expect(simulated).toMatchObject({
      scale: 2.5,
      load: [{ ratePerSecond: { fault: 500 }, vus: 1_000 }, { vus: 120 }],
    });
  });

  it("refuses options that it sets itself", async () => {
    expect(await seawall("breaking-point", "origin-storm", "--scale", "2")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("omit --scale"),
    });
    expect(await seawall("breaking-point", "origin-storm", "--to", "0.5")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("--to from 1 to 1000"),
    });
  });
});
