import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "../test/support/sources.ts";

/** The pure rooms, from the ground up; they must not reach the machine. */
const pure = [
  "base",
  "settings",
  "trace",
  "metrics",
  "claims",
  "target",
  "faults",
  "experiment",
  "record",
  "phrases",
  "judge",
  "plan",
  "compare",
  "gate",
  "breaking-point",
  "ablation",
  "game-day/day",
  "documents",
];
/** The rooms that reach the machine, above the pure ones. */
const rooms = [
  ...pure,
  "system",
  "provision",
  "capture",
  "load",
  "probes",
  "substrates",
  "run",
  "telemetry",
  "report",
  "game-day",
  "app",
];

const roomsAt = (names: readonly string[]): string[] => names.map((name) => `harness/${name}`);
/** The room and all rooms below it. */
const upTo = (room: string): string[] => roomsAt(rooms.slice(0, rooms.indexOf(room) + 1));
/** All rooms below the given one, except for some. */
const below = (room: string, except: readonly string[] = []): string[] =>
  roomsAt(rooms.slice(0, rooms.indexOf(room)).filter((name) => !except.includes(name)));

/**
 * The imports that each room may have; type imports count. A room is above everything that it
 * imports. Tests may import anything.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "harness/base": [],
  "harness/settings": below("settings"),
  "harness/trace": ["harness/base"],
  "harness/metrics": below("metrics"),
  "harness/claims": below("claims"),
  "harness/target": below("target", ["claims"]),
  // A fault acts on the ports of a running target. It knows nothing of experiments, plans or runs.
  "harness/faults": below("faults", ["claims"]),
  "harness/experiment": below("experiment"),
  "harness/record": below("record"),
  "harness/phrases": below("phrases"),
  // Rules return facts. Only the verdict is composed of sentences.
  "harness/judge": below("judge", ["phrases"]),
  "harness/judge/judge.ts": ["harness/base", "harness/record", "harness/phrases", "harness/judge"],
  "harness/plan": below("plan"),
  "harness/compare": below("compare", ["plan"]),
  "harness/gate": below("gate", ["plan"]),
  // The rooms that evaluate several runs, which do not depend on one another.
  "harness/breaking-point": upTo("judge"),
  "harness/ablation": upTo("judge"),
  "harness/game-day/day": upTo("judge"),
  "harness/documents": [...upTo("record"), "harness/game-day/day"],
  "harness/system": upTo("target"),
  "harness/provision": [...upTo("target"), "harness/system"],
  "harness/capture": [...upTo("target"), "harness/system"],
  "harness/load": [...upTo("record"), "harness/system"],
  "harness/probes": [...upTo("record"), "harness/system", "harness/load/generator.ts"],
  "harness/substrates": [
    ...upTo("record"),
    "harness/plan/options.ts",
    "harness/system",
    "harness/provision",
    "harness/load/generator.ts",
  ],
  "harness/run": [
    ...upTo("judge"),
    "harness/documents",
    "harness/system",
    "harness/load/generator.ts",
  ],
  "harness/telemetry": [...upTo("record"), "harness/system"],
  "harness/report": [
    ...upTo("judge"),
    "harness/compare",
    "harness/gate",
    "harness/breaking-point",
    "harness/ablation",
    "harness/system/terminal.ts",
  ],
  "harness/game-day": [
    ...upTo("phrases"),
    "harness/game-day/day",
    "harness/system",
    "harness/run",
    "harness/report",
  ],
  // What commands share; it does not depend on any command.
  "harness/app": below("app"),
  "harness/cli": ["harness"],
  "harness/index.ts": [...upTo("experiment"), "harness/game-day/day"],
  "harness/target.ts": ["harness/target"],
  "harness/k6.ts": ["harness/base/token-in.ts"],
  "harness/node-22.ts": [],
  "harness/main.ts": [
    "harness/node-22.ts",
    "harness/base",
    "harness/system",
    "harness/run",
    "harness/app",
    "harness/cli",
  ],
  "harness/check.ts": [],
  // A target's description needs the harness's types; its services do not depend on the harness.
  "targets/live-streaming/stream": ["targets/live-streaming/service"],
  "targets/live-streaming/service": [],
  targets: ["targets/live-streaming"],
  // Two packagers encode only once: they share the only lock between processes.
  "targets/live-streaming/packager": ["harness/system/lock.ts", "targets/live-streaming"],
  "targets/live-streaming/tools": [...upTo("target"), "harness/system", "harness/provision"],
  "targets/live-streaming/model": ["harness/target", "harness/base", "targets/live-streaming"],
  "targets/live-streaming/layout": ["harness/target", "targets/live-streaming"],
  "targets/live-streaming/target.ts": ["harness/target", "targets/live-streaming"],
  // Any streaming target can use the pack: it imports no service of the target next to it.
  "targets/live-streaming/pack": [...upTo("faults"), "harness/system"],
  experiments: [...upTo("phrases"), "harness/plan/reliance.ts", "targets/live-streaming"],
  // Viewers and the harness share one function for a segment's path, and one for its inspection.
  "targets/live-streaming/pack/workloads": [
    "harness/metrics/print.ts",
    // How a session is opened, as a type.
    "harness/target/layout.ts",
    "harness/k6.ts",
    "targets/live-streaming/pack/stream",
    "targets/live-streaming/pack/viewer",
  ],
  // As for a user: `seawall` and its entries, and no file of it.
  examples: [],
  packages: ["packages"],
  "examples/own-script": ["examples/plain-http"],
  "examples/own-metrics": ["examples/own-metrics"],
  benchmarks: ["harness", "targets", "experiments"],
};
const packagesOfPure = ["zod"];
/** Node built-ins that only compute. */
const builtinsOfPure = [
  'import { isIPv4, isIPv6 } from "node:net";',
  'import { isIPv6 } from "node:net";',
  'import { resolve } from "node:path";',
];

const places = Object.keys(allowed).sort((a, b) => b.length - a.length);
const placeOf = (path: string): string | undefined =>
  places.find((place) => path === place || path.startsWith(`${place}/`));

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

/** Every cycle that a depth-first search finds. */
function circlesIn(arrows: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (place: string): void => {
    if (path.includes(place)) {
      circles.push([...path.slice(path.indexOf(place)), place].join(" > "));
      return;
    }
    if (done.has(place)) return;
    path.push(place);
    for (const next of arrows.get(place) ?? []) walk(next);
    path.pop();
    done.add(place);
  };
  for (const place of arrows.keys()) walk(place);
  return circles;
}

describe("the import table", () => {
  const files = ["harness", "targets", "experiments", "examples", "packages", "benchmarks"].flatMap(
    (folder) => sourcesIn(folder),
  );

  it("covers the project", () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files.filter((path) => placeOf(path) === undefined)).toEqual([]);
  });

  it("is obeyed by every file", () => {
    const broken = files.flatMap((path) =>
      specifiers(path)
        .filter((name) => name.startsWith("."))
        .flatMap((name) => {
          const from = placeOf(path) as string;
          const target = relative(root, resolve(root, dirname(path), name));
          const to = placeOf(target);
          // Test support is not part of the code under test; benchmarks use it as well.
          if (target.startsWith("test/") && from !== "benchmarks")
            return [`${path} imports ${target}`];
          if (to === undefined || to === from || allowed[from]?.includes(to)) return [];
          // A folder in a list covers every file below it.
          return allowed[from]?.some(
            (place) => target.startsWith(`${place}/`) || target === place,
          ) === true
            ? []
            : [`${path} imports ${target}`];
        }),
    );
    expect(broken).toEqual([]);
  });

  it.each(roomsAt(pure))("keeps %s pure", (folder) => {
    const impure = sourcesIn(folder).flatMap((path) =>
      specifiers(path, builtinsOfPure)
        .filter((name) => !name.startsWith(".") && !packagesOfPure.includes(name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(impure).toEqual([]);
  });

  it("contains no cycle of files, including type imports", () => {
    const imported = new Map(
      files.map((path) => [
        path,
        specifiers(path)
          .filter((name) => name.startsWith("."))
          .map((name) => relative(root, resolve(root, dirname(path), name))),
      ]),
    );
    expect(circlesIn(imported)).toEqual([]);
  });

  it("contains no cycle of rooms", () => {
    const rooms = new Map(
      places.map((place) => [
        place,
        places.filter(
          (other) =>
            other !== place &&
            allowed[place]?.some((row) => placeOf(row) === other && !row.endsWith(".ts")),
        ),
      ]),
    );
    expect(circlesIn(rooms)).toEqual([]);
  });

  it("matches the map of the README: its rooms, from the ground up", () => {
    const map = /## Map\n([\s\S]*?)\n## /.exec(
      readFileSync(join(root, "harness/README.md"), "utf8"),
    );
    const first = [...(map?.[1] ?? "").matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = ""]) => cell);
    const named = first.flatMap((cell) =>
      [...cell.matchAll(/`([\w/-]+)\/`/g)].map(([, room]) => room),
    );
    expect(named).toEqual([...rooms, "cli"]);
  });

  it("detects a cycle", () => {
    expect(circlesIn(new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b"], d: ["a"] })))).toEqual([
      "b > c > b",
    ]);
  });
});
