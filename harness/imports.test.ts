import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "../test/support/sources.ts";

/**
 * Rooms, from the ground up, and which others each may import; type imports count. A room stands
 * above all that it imports. Tests are free to import anything.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // The pure rooms.
  "harness/base": [],
  "harness/metrics": ["harness/base"],
  "harness/claims": ["harness/base", "harness/metrics"],
  "harness/target": ["harness/base", "harness/metrics"],
  // A fault acts on the ports of a running target. It knows nothing of experiments, plans or runs.
  "harness/faults": ["harness/base", "harness/target"],
  "harness/experiment": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
  ],
  "harness/record": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/experiment",
  ],
  "harness/phrases": ["harness/base", "harness/claims", "harness/record"],
  // Rules answer with facts. The verdict alone is composed of sentences.
  "harness/judge": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
  ],
  "harness/judge/judge.ts": ["harness/base", "harness/record", "harness/phrases", "harness/judge"],
  "harness/plan": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/judge",
  ],
  "harness/compare": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/record",
    "harness/phrases",
    "harness/judge",
  ],
  "harness/gate": ["harness/base", "harness/record", "harness/compare"],
  "harness/breaking-point": ["harness/record", "harness/judge"],
  "harness/ablation": ["harness/record"],
  "harness/game-day/day": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/judge",
  ],
  "harness/documents": [
    "harness/base",
    "harness/metrics",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
    "harness/game-day/day",
  ],
  // The rooms that reach the machine.
  "harness/system": ["harness/base", "harness/target"],
  "harness/provision": ["harness/base", "harness/target", "harness/system"],
  "harness/load": [
    "harness/base",
    "harness/metrics",
    "harness/target",
    "harness/experiment",
    "harness/record",
    "harness/system",
  ],
  "harness/probes": [
    "harness/base",
    "harness/metrics",
    "harness/target",
    "harness/experiment",
    "harness/record",
    "harness/system",
    "harness/load/generator.ts",
  ],
  "harness/substrates": [
    "harness/base",
    "harness/metrics",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
    "harness/plan/options.ts",
    "harness/system",
    "harness/provision",
    "harness/load/generator.ts",
  ],
  "harness/run": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/record",
    "harness/phrases",
    "harness/judge",
    "harness/documents",
    "harness/system",
    "harness/load/generator.ts",
  ],
  "harness/report": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/judge",
    "harness/compare",
    "harness/gate",
    "harness/breaking-point",
    "harness/ablation",
    "harness/system/terminal.ts",
  ],
  "harness/telemetry": [
    "harness/base",
    "harness/metrics",
    "harness/faults",
    "harness/record",
    "harness/system",
  ],
  "harness/game-day": [
    "harness/base",
    "harness/target",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/game-day/day",
    "harness/system",
    "harness/run",
    "harness/report",
  ],
  // What commands share. Nothing of it knows a command.
  "harness/app": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/faults",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/judge",
    "harness/plan",
    "harness/documents",
    "harness/game-day",
    "harness/system",
    "harness/provision",
    "harness/load",
    "harness/probes",
    "harness/substrates",
    "harness/run",
    "harness/report",
  ],
  "harness/cli": ["harness"],
  "harness/index.ts": [
    "harness/base",
    "harness/metrics",
    "harness/claims",
    "harness/target",
    "harness/experiment",
  ],
  "harness/main.ts": [
    "harness/base",
    "harness/system",
    "harness/run",
    "harness/app",
    "harness/cli",
  ],
  "harness/check.ts": [],
  // A target's description needs the harness's types; its services know nothing of any harness.
  "targets/live-streaming/stream": ["targets/live-streaming/service"],
  "targets/live-streaming/service": [],
  targets: ["targets/live-streaming"],
  // Two packagers encode once: they share the one lock between processes that there is.
  "targets/live-streaming/packager": ["harness/system/lock.ts", "targets/live-streaming"],
  "targets/live-streaming/tools": [
    "harness/base",
    "harness/target",
    "harness/system",
    "harness/provision",
  ],
  "targets/live-streaming/model": ["harness/target", "harness/base", "targets/live-streaming"],
  "targets/live-streaming/layout": ["harness/target", "targets/live-streaming"],
  "targets/live-streaming/target.ts": ["harness/target", "targets/live-streaming"],
  // Any streaming target can use the pack: it imports no service of the one beside it.
  "targets/live-streaming/pack": [
    "harness/base",
    "harness/metrics",
    "harness/target",
    "harness/faults",
    "harness/system",
  ],
  experiments: [
    "harness/base",
    "harness/claims",
    "harness/faults",
    "harness/target",
    "harness/experiment",
    "harness/record",
    "harness/phrases",
    "harness/plan/reliance.ts",
    "targets/live-streaming",
  ],
  // Viewers and the harness make the path of a segment in one place, and look at what comes in one
  // place.
  "experiments/workloads": ["harness/metrics/print.ts", "targets/live-streaming/pack/stream"],
  examples: [
    "harness/base",
    "harness/target",
    "harness/experiment",
    "harness/game-day/day",
    "targets/live-streaming/pack",
  ],
  // What a user has: the public entry and no more.
  "examples/plain-http": ["harness/index.ts"],
  "examples/own-script": ["harness/index.ts", "examples/plain-http"],
  "examples/https-running": ["harness/index.ts"],
  "examples/own-metrics": ["harness/index.ts", "examples/own-metrics"],
  "examples/own-metrics/tools.ts": ["harness/provision"],
  benchmarks: ["harness", "targets", "experiments"],
};
/** These may not reach the machine. */
const pure = [
  "base",
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
].map((room) => `harness/${room}`);
const packagesOfPure = ["zod"];
/** Of Node, what only computes. */
const builtinsOfPure = ['import { isIPv4, isIPv6 } from "node:net";'];

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

/** Each way from a place back to itself that a walk along the arrows comes upon. */
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
  const files = ["harness", "targets", "experiments", "examples", "benchmarks"].flatMap((folder) =>
    sourcesIn(folder),
  );

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
          // What supports tests is no part of what they test; benchmarks use it as well.
          if (target.startsWith("test/") && from !== "benchmarks")
            return [`${path} imports ${target}`];
          if (to === undefined || to === from || allowed[from]?.includes(to)) return [];
          // A folder in a list stands for every file below it.
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
    const impure = sourcesIn(folder).flatMap((path) =>
      specifiers(path, builtinsOfPure)
        .filter((name) => !name.startsWith(".") && !packagesOfPure.includes(name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(impure).toEqual([]);
  });

  it("holds no circle of files, type imports included", () => {
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

  it("holds no circle of rooms", () => {
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

  it("sees a circle", () => {
    expect(circlesIn(new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b"], d: ["a"] })))).toEqual([
      "b > c > b",
    ]);
  });
});
