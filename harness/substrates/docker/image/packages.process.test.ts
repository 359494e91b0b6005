/** Which packages the image gets, from the checkout, and from where a user installed them. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";
import { installedPackages, linkedPackages } from "./packages.ts";

const root = resolve(import.meta.dirname, "../../../..");

it("takes of the checkout what the lock file has for run time, without Node itself", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<
      Record<string, { dev?: boolean; optional?: boolean; peer?: boolean; devOptional?: boolean }>
    >;
  };
  const locked = Object.entries(packages)
    .filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional)
    .map(([path]) => path)
    .filter((path) => path !== "" && !/^node_modules\/node(-bin|-linux|$)/.test(path));
  const folders = new Set(installedPackages(root).values());
  expect([...folders].sort()).toEqual(locked.map((path) => join(root, path)).sort());
});

it("lays them so that Node finds for each what it finds here", () => {
  using linked = linkedPackages(root);
  const top = join(linked.path, "packages");
  const at = (from: string, name: string): string | undefined => {
    const path = join(from, "node_modules", name, "package.json");
    if (existsSync(path)) return realpathSync(path);
    return from === top || dirname(from) === from ? undefined : at(dirname(from), name);
  };
  let seen = 0;
  for (const [place, folder] of installedPackages(root)) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      expect(at(join(top, place), name), `${name} for ${place}`).toBe(at(folder, name));
      seen++;
    }
  }
  expect(seen).toBeGreaterThan(50);
});

it("lays what a user installed beside the package so that each finds its own version", () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "seawall-packages-")));
  const put = (path: string, dependencies: readonly string[]): void => {
    mkdirSync(join(top, path), { recursive: true });
    writeFileSync(
      join(top, path, "package.json"),
      JSON.stringify({
        dependencies: Object.fromEntries(dependencies.map((name) => [name, "1"])),
      }),
    );
  };
  try {
    put("node_modules/seawall", ["node", "one", "two"]);
    put("node_modules/node", []);
    put("node_modules/one", ["three"]);
    // The user's own version stands at the top; the package's lies below it.
    put("node_modules/two", []);
    put("node_modules/seawall/node_modules/two", ["three"]);
    put("node_modules/three", []);
    put("node_modules/seawall/node_modules/three", []);
    const own = join(top, "node_modules/seawall");
    expect(Object.fromEntries(installedPackages(own))).toEqual({
      "node_modules/one": join(top, "node_modules/one"),
      "node_modules/two": join(own, "node_modules/two"),
      "node_modules/three": join(top, "node_modules/three"),
      "node_modules/two/node_modules/three": join(own, "node_modules/three"),
    });
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});
