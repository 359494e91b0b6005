/**
 * `seawall doctor`: every tool with its version and origin, and what works on this machine. Obtains
 * nothing without --install.
 */

import type { Define } from "../command.ts";
import { resolve } from "node:path";
import { exitCodes } from "../../base/errors.ts";
import { type Inspection, inspect } from "../../provision/inspect.ts";
import { composePlugin } from "../../provision/docker-compose.ts";
import {
  type Ability,
  freeDiskBytes,
  inspectMachine,
  type Machine,
} from "../../provision/machine.ts";
import { substrates } from "../../record/substrates.ts";
import { toolNames } from "../../target/tools.ts";
import { provision } from "../../provision/provision.ts";
import { showProgress } from "../../provision/render.ts";
import { table } from "../../report/table.ts";
import { painter } from "../../system/terminal.ts";
import type { Output } from "../../app/context.ts";
import { setting } from "../../app/project.ts";
import { toolCacheRoot } from "../../provision/cache.ts";
import { adapterOf } from "../../substrates/registry.ts";

export const defineDoctor: Define = (program, context, end) =>
  program
    .command("doctor")
    .description("list every tool, its source, and what works on this machine")
    .option("--json", "as JSON")
    .option("--install", "download missing tools")
    .action(async (flags: { json?: boolean; install?: boolean }) =>
      end(
        await doctor({
          env: context.env,
          reports: setting(context, "reports"),
          allowContexts: setting(context, "allowContexts"),
          stdout: context.stdout,
          stderr: context.stderr,
          json: flags.json === true,
          install: flags.install === true,
          signal: context.signal,
        }),
      ),
    );

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The folder of runs. */
  readonly reports: string;
  /** Engines besides this machine's that faults may reach. */
  readonly allowContexts?: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
  /** Obtains missing tools first. */
  readonly install: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Diagnosis {
  readonly tools: readonly Inspection[];
  readonly machine: Machine;
  readonly cache: { readonly path: string; readonly freeBytes: number | undefined };
  readonly reports: { readonly path: string; readonly freeBytes: number | undefined };
  /** For targets that start from a compose file. */
  readonly compose: Ability;
  readonly substrates: Readonly<Record<string, Ability>>;
}

/**
 * Resolves with the exit status: 0 if a run can start here on the fallback substrate, with tools
 * that exist or can be obtained.
 */
export async function doctor({
  env,
  reports,
  allowContexts = [],
  stdout,
  stderr,
  json,
  install,
  signal,
}: DoctorOptions): Promise<number> {
  if (install) {
    using display = showProgress(stderr);
    await provision(toolNames(), { env, signal, progress: display.progress });
  }
  const [tools, machine] = await Promise.all([inspect({ env, signal }), inspectMachine(env)]);
  const cachePath = toolCacheRoot(env);
  const diagnosis: Diagnosis = {
    tools,
    machine,
    cache: { path: cachePath, freeBytes: freeDiskBytes(cachePath) },
    reports: { path: reports, freeBytes: freeDiskBytes(reports) },
    compose: composePlugin(env),
    substrates: await abilitiesOf(env, machine, tools, allowContexts),
  };
  if (json) stdout.json({ format: "seawall-doctor/1", ...diagnosis });
  else stdout.write(render(diagnosis, stdout));
  return works(diagnosis) ? exitCodes.held : exitCodes.internal;
}

/** Whether a run can start on the fallback substrate. */
function works({ substrates: abilities }: Pick<Diagnosis, "substrates">): boolean {
  return substrates.some(
    ({ name, auto }) => auto === "otherwise" && abilities[name]?.works === true,
  );
}

/** For each substrate that can fail; virtual time cannot. */
async function abilitiesOf(
  env: NodeJS.ProcessEnv,
  machine: Machine,
  tools: readonly Inspection[],
  allowed: readonly string[],
): Promise<Record<string, Ability>> {
  const ground = { env, root: resolve(import.meta.dirname, "../../..") };
  const abilities = await Promise.all(
    substrates.map(async ({ name }) => {
      const adapter = await adapterOf(name);
      const ability = await adapter.doctor?.(ground, machine, tools, allowed);
      return ability === undefined ? [] : [[name, ability] as const];
    }),
  );
  return Object.fromEntries(abilities.flat());
}

function render(
  { tools, machine, cache, reports, compose, substrates: places }: Diagnosis,
  output: Output,
): string {
  const across = Math.min(100, output.columns);
  const paint = painter(output.colour);
  const missing = tools.filter(({ found }) => found === undefined);
  const clients = Object.entries(machine.clients)
    .filter(([, path]) => path !== undefined)
    .map(([name]) => name);
  const facts: [string, string][] = [
    [
      "machine",
      `${machine.cores} cores, ${gigabytes(machine.memoryBytes)} of memory, ` +
        `${gigabytes(machine.memoryFreeBytes)} free`,
    ],
    ["cache", `${cache.path} (${gigabytes(cache.freeBytes)} free)`],
    ["reports", `${reports.path} (${gigabytes(reports.freeBytes)} free)`],
    ["clients", clients.length === 0 ? "no program that downloads tools" : clients.join(", ")],
  ];
  const abilities: [string, Ability][] = [
    ...Object.entries(places).map(([name, ability]): [string, Ability] => [
      `${name} substrate`,
      ability,
    ]),
    ["zone addresses", machine.zoneAddresses],
    ["browser, players", machine.browser],
    ["compose files", compose],
  ];
  return [
    ...table([["tool", "version", "from", "where"], ...tools.map(toolRow)], across, paint),
    "",
    ...table(
      abilities.map(([name, { works, detail }]) => [
        name,
        works ? { text: "yes", style: "held" as const } : { text: "no", style: "refuted" as const },
        detail,
      ]),
      across,
      paint,
    ),
    "",
    ...table(facts, across, paint),
    ...(missing.length === 0 || !works({ substrates: places })
      ? []
      : ["", "A run downloads missing tools; `seawall doctor --install` does only that."]),
    "",
  ].join("\n");
}

/** For a missing tool: what a run would do, or why it cannot be obtained. */
function toolRow({ name, wanted, found, attempts, sources, obstacles, install }: Inspection) {
  if (found !== undefined) return [name, found.version, found.source, found.executable];
  const looked = attempts.filter(({ unset }) => unset !== true);
  const reasons = [
    `wanted ${wanted}`,
    ...looked.map(({ source, reason }) => `${source}: ${reason}`),
    ...(sources.length > 0
      ? [`will be downloaded from ${sources.join(", else from ")}`]
      : [...obstacles, `to install: ${install}`]),
  ];
  return [name, { text: "missing", style: "refuted" as const }, "", reasons.join("; ")];
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? "unknown" : `${(bytes / 2 ** 30).toFixed(0)} GiB`;
}
