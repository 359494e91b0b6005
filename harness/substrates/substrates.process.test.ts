import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { substrateNames, substrates } from "../record/substrates.ts";
import { kinds } from "../faults/faults.ts";
import { root, sourcesIn } from "../../test/support/sources.ts";
import { effectsIn } from "./effects.ts";
import { adapterOf, undoOn } from "./registry.ts";

describe("the list of substrates", () => {
  it("contains each folder with an adapter, and no other", () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map(({ name }) => name);
    expect(
      folders.filter((name) => existsSync(join(import.meta.dirname, name, "adapter.ts"))).sort(),
    ).toEqual([...substrateNames].sort());
  });

  it("has a default for when no other is ready", () => {
    expect(
      substrates.filter(({ auto, isVirtual }) => auto === "otherwise" && !isVirtual),
    ).toHaveLength(1);
  });

  it.each(substrates)(
    "has an adapter that answers for its targets: $name",
    async ({ name, isVirtual }) => {
      const adapter = await adapterOf(name);
      expect([adapter.real !== undefined, adapter.virtual !== undefined]).toEqual([
        !isVirtual,
        isVirtual,
      ]);
      expect(adapter.doctor !== undefined).toBe(!isVirtual);
      for (const kind of Object.values(kinds))
        expect(adapter.supports({})(kind)).toEqual(expect.toSatisfy((can) => can === true || can));
      expect(adapter.why("asked", {})).not.toBe("");
    },
  );

  // The reference lists the effects on a service.
  it("is documented next to the faults: what a real one cannot do", async () => {
    const page = readFileSync(join(root, "harness", "faults", "README.md"), "utf8");
    const support = /^## Support\n([\s\S]*?)^## /m.exec(page)?.[1] ?? "";
    for (const { name } of substrates.filter(({ isVirtual }) => !isVirtual)) {
      const supports = (await adapterOf(name)).supports({});
      const lacking = Object.values(kinds)
        .filter(({ needs, simulate }) => supports({ needs, simulate }) !== true)
        .map(({ needs }) => needs);
      const [reason = ""] = support
        .split(/(?=The \w+ substrate )/)
        .filter((part) => part.startsWith(`The ${name} substrate `));
      expect(reason).not.toBe("");
      for (const needs of lacking)
        expect(
          needs.some((need) => reason.includes(`\`${need}\``)),
          needs.join(),
        ).toBe(true);
    }
  });

  it("knows exactly the effects that faults need on some substrate", async () => {
    const known = new Set<string>();
    for (const { name, isVirtual } of substrates) {
      const effects = isVirtual ? new Map() : await effectsIn(name);
      for (const kind of effects.keys()) known.add(kind);
    }
    const wanted = Object.values(kinds).flatMap(({ effect }) => effect ?? []);
    expect([...known].sort()).toEqual([...new Set(wanted)].sort());
  });

  it("is the only place that names one, except for its own folder", () => {
    const names = substrateNames.join("|");
    const naming = sourcesIn("harness")
      .filter(
        (path) =>
          !path.startsWith(join("harness", "substrates")) &&
          path !== join("harness", "record", "substrates.ts"),
      )
      .filter((path) =>
        new RegExp(`substrate\\b[^\\n=]*[!=]==? *"(${names})"|"(${names})", *"(${names})"`).test(
          readFileSync(join(root, path), "utf8"),
        ),
      );
    expect(naming).toEqual([]);
  });
});

describe("what a dead run created", () => {
  it("is reported if its substrate creates nothing elsewhere", async () => {
    expect(await undoOn("run", "here", "process")).toEqual([
      'what it made on the substrate "process" at here, which this version cannot undo',
    ]);
  });
});
