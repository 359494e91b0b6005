import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Which folders a folder may import from besides itself; type imports count. Tests are free to import anything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // A fault is pure: it acts on the ports of a running target. It knows what a target is, and nothing of experiments, plans or runs.
  "harness/faults": [
    "harness/core/deployment.ts",
    "harness/core/evidence.ts",
    "harness/core/frozen.ts",
    "harness/core/observer.ts",
    "harness/core/target.ts",
    "harness/core/where.ts",
  ],
  "harness/core": ["harness/faults"],
  "harness/system": ["harness/core"],
  "harness/run": ["harness/core", "harness/faults", "harness/system"],
  "harness/substrates": ["harness/core", "harness/faults", "harness/system", "harness/provision"],
  "harness/load": ["harness/core", "harness/system"],
  "harness/probes": ["harness/core", "harness/system"],
  "harness/provision": ["harness/core", "harness/system"],
  "harness/report": ["harness/core", "harness/faults", "harness/system/terminal.ts"],
  "harness/telemetry": ["harness/core", "harness/faults", "harness/system"],
  "harness/game-day": ["harness/core", "harness/system", "harness/run", "harness/report"],
  "harness/cli": [
    "harness/core",
    "harness/system",
    "harness/run",
    "harness/substrates",
    "harness/faults",
    "harness/load",
    "harness/probes",
    "harness/provision",
    "harness/report",
    "harness/telemetry",
    "harness/game-day",
  ],
  "harness/index.ts": ["harness/core"],
  "harness/main.ts": ["harness/core", "harness/system", "harness/run", "harness/cli"],
  "harness/check.ts": [],
  experiments: ["harness/core", "harness/faults", "targets"],
  // Viewers and the harness make the path of a segment in one place, and look at what comes in one place.
  "experiments/workloads": ["harness/core/stream.ts", "harness/core/body.ts"],
  examples: ["harness/core", "targets/live-streaming/pack"],
  // What a user has: the public entry and no more.
  "examples/plain-http": ["harness/index.ts"],
  benchmarks: [
    "experiments",
    "harness/core",
    "harness/system",
    "harness/run",
    "harness/faults",
    "harness/substrates",
    "harness/load",
    "harness/provision",
    "harness/cli",
    "targets",
  ],
  // A target's description needs the harness's types; its services know nothing of any harness.
  "targets/live-streaming/target.ts": ["harness/core", "targets"],
  "targets/live-streaming/layout": ["harness/core", "targets"],
  "targets/live-streaming/model": ["harness/core", "targets"],
  // Any streaming target can use the pack: it imports no service of the one beside it.
  "targets/live-streaming/pack": ["harness/core", "harness/system"],
  // Two packagers encode once: they share the one lock between processes that there is.
  "targets/live-streaming/packager": ["harness/system/lock.ts", "targets"],
  targets: [],
};
/** These may not reach the machine. */
const pure = ["harness/core", "harness/faults"];
const packagesOfPure = ["zod"];
/** Of Node, what only computes. */
const builtinsOfPure = ['import { isIPv4 } from "node:net";'];

const places = Object.keys(allowed).sort((a, b) => b.length - a.length);
const placeOf = (path: string): string | undefined =>
  places.find((place) => path === place || path.startsWith(`${place}/`));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter(
      (path) =>
        path.endsWith(".ts") &&
        !/\.(test|fixture)\.ts$|\/fixture\.ts$/.test(path) &&
        !path.includes("node_modules"),
    );
}

function specifiers(path: string, except: readonly string[] = []): string[] {
  const text = except.reduce(
    (all, line) => all.replaceAll(line, ""),
    readFileSync(join(root, path), "utf8"),
  );
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\b[^"';]*?from\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

describe("the import table", () => {
  const files = ["harness", "targets", "experiments", "examples", "benchmarks"].flatMap(sources);

  it("sees the project", () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files.filter((path) => placeOf(path) === undefined)).toEqual([]);
  });

  it("is kept by every file", () => {
    const broken = files.flatMap((path) =>
      specifiers(path)
        .filter((name) => name.startsWith("."))
        .flatMap((name) => {
          const from = placeOf(path) as string;
          const target = relative(root, resolve(root, dirname(path), name));
          const to = placeOf(target);
          if (to === undefined || to === from || allowed[from]?.includes(to)) return [];
          // `targets` in a list stands for every file below it.
          return allowed[from]?.some(
            (place) => target.startsWith(`${place}/`) || target === place,
          ) === true
            ? []
            : [`${path} imports ${target}`];
        }),
    );
    expect(broken).toEqual([]);
  });

  it.each(pure)("keeps %s pure", (folder) => {
    const impure = sources(folder).flatMap((path) =>
      specifiers(path, builtinsOfPure)
        .filter((name) => !name.startsWith(".") && !packagesOfPure.includes(name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(impure).toEqual([]);
  });

  it("leads from no fault back to it, by whatever files", () => {
    const imported = new Map(
      files.map((path) => [
        path,
        specifiers(path)
          .filter((name) => name.startsWith("."))
          .map((name) => relative(root, resolve(root, dirname(path), name))),
      ]),
    );
    const reached = (from: string): Set<string> => {
      const seen = new Set<string>();
      for (const waiting = [from]; waiting.length > 0; ) {
        for (const next of imported.get(waiting.pop() as string) ?? []) {
          if (!seen.has(next)) waiting.push(next);
          seen.add(next);
        }
      }
      return seen;
    };
    expect(sources("harness/faults").filter((path) => reached(path).has(path))).toEqual([]);
  });
});
