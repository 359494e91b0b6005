/**
 * The pages of `docs/reference/` follow from types, shapes and lists. `vitest run test/reference
 * -u` writes them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "../support/sources.ts";
import "../../targets/live-streaming/tools/recipes.ts";
import type { Context } from "../../harness/app/context.ts";
import { claimShape, statistics } from "../../harness/claims/statistics/registry.ts";
import { programOf } from "../../harness/cli/command-line.ts";
import { commandExamples } from "../../harness/cli/examples.ts";
import {
  abortShape,
  loadShape,
  recoveryShape,
  stepShape,
} from "../../harness/experiment/experiment-schema.ts";
import { takesScenarios } from "../../harness/experiment/script-load.ts";
import { faultNames, faultShape } from "../../harness/faults/faults.ts";
import { gameDayProblems } from "../../harness/game-day/day/game-day-schema.ts";
import { allRecipes } from "../../harness/provision/catalogue.ts";
import { variables } from "../../harness/settings/environment.ts";
import { settings } from "../../harness/settings/settings.ts";
import {
  ownTargetShape,
  runningShape,
  sessionShape,
  startedShape,
} from "../../harness/target/own-target-problems.ts";
import { streamShape } from "../../targets/live-streaming/pack/own-target/stream-problems.ts";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import * as claims from "./examples/claims.ts";
import * as parts from "./examples/experiments.ts";
import * as faults from "./examples/faults.ts";
import * as targets from "./examples/targets.ts";
import { pages } from "./pages.ts";
import { sections } from "./pages/sections.ts";
import { undocumented } from "./type-sections.ts";

/** Between the harness and what it starts; no user sets them. */
const internal = [
  "SEAWALL_LOAD",
  "SEAWALL_RUN",
  "SEAWALL_RUNNER_TOKEN",
  "SEAWALL_STDOUT_FD",
  "XDG_CACHE_HOME",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
];
const variable = /"(SEAWALL_[A-Z0-9_]+|OTEL_[A-Z_]+|NO_COLOR|CHROMIUM|XDG_[A-Z_]+|DOCKER_[A-Z]+)"/g;

const folder = join(root, "docs", "reference");

describe("the reference", () => {
  it.each(Object.entries(pages))("is what follows from the sources: %s", async (name, made) => {
    await expect(await made()).toMatchFileSnapshot(join(folder, `${name}.md`));
  });

  it("has no other page", () => {
    const names = Object.keys(pages).map((name) => `${name}.md`);
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });

  it("lists every variable of the environment that a source reads", () => {
    const known = [
      ...variables.map(({ name }) => name),
      ...Object.values(settings).flatMap(({ env }) => env ?? []),
      ...allRecipes().map(({ variable }) => variable),
      ...internal,
    ];
    const read = new Set(
      [...sourcesIn("harness"), ...sourcesIn("targets")].flatMap((path) =>
        [...readFileSync(join(root, path), "utf8").matchAll(variable)].map(([, name]) => name),
      ),
    );
    expect([...read].filter((name) => !known.includes(name as string))).toEqual([]);
    const whole = [
      ...sourcesIn("harness"),
      ...sourcesIn("targets"),
      "test/support/patient-runner.ts",
    ]
      .filter((path) => !path.startsWith("harness/settings/"))
      .map((path) => readFileSync(join(root, path), "utf8"))
      .join("\n");
    expect(variables.filter(({ name }) => !whole.includes(name))).toEqual([]);
  });

  it("has an example of each command, statistic and fault, which its shape accepts", () => {
    const program = programOf({ version: "" } as Context, () => {});
    const commands = program.createHelp().visibleCommands(program);
    expect(commands.map((one) => one.name()).filter((name) => name !== "help")).toEqual(
      expect.arrayContaining(Object.keys(commandExamples)),
    );
    expect(Object.keys(commandExamples)).toHaveLength(commands.length - 1);
    for (const claim of Object.values(claims))
      expect(claimShape.safeParse(claim).error).toBeUndefined();
    for (const fault of Object.values(faults))
      expect(faultShape.safeParse(fault).error).toBeUndefined();
    expect(Object.keys(claims)).toHaveLength(statistics.length);
    const ofStreams = Object.keys(streaming.faults ?? {});
    expect(Object.keys(faults)).toHaveLength(faultNames.length + ofStreams.length);
    const { load, recovery, step, abort, day } = parts;
    for (const [shape, part] of [
      [loadShape.omit({ workload: true }), load],
      [recoveryShape, recovery],
      [stepShape, step],
      [abortShape, abort],
    ] as const)
      expect(shape.safeParse(part).error).toBeUndefined();
    expect(takesScenarios(parts.scenarios)).toBe(true);
    expect(gameDayProblems(day)).toEqual([]);
    for (const [shape, part] of [
      [runningShape, targets.running],
      [startedShape, { ...targets.started, operations: targets.operations, tls: targets.tls }],
      [sessionShape, targets.session],
      [streamShape, targets.stream],
      [ownTargetShape.pick({ links: true, probes: true }), { probes: [targets.probe] }],
      [ownTargetShape.pick({ links: true, probes: true }), { links: targets.links }],
      [ownTargetShape.pick({ pack: true }), { pack: targets.pack }],
      [runningShape.pick({ metrics: true }), { metrics: { path: "/", series: [targets.series] } }],
    ] as const)
      expect(shape.safeParse(part).error).toBeUndefined();
  });

  it.each(Object.entries(sections))("explains every field of every type: %s", (_page, all) => {
    expect(undocumented(all)).toEqual([]);
  });
});
