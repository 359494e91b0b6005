/** `seawall doctor`: every tool with its version and origin, and what works on this machine. Gets nothing unless told to. */

import { resolve } from "node:path";
import { styleText } from "node:util";
import { exitCodes } from "../core/errors.ts";
import { type Inspection, inspect } from "../provision/inspect.ts";
import { composePlugin } from "../provision/docker-compose.ts";
import { type Ability, freeDiskBytes, inspectMachine, type Machine } from "../provision/machine.ts";
import { toolNames } from "../core/tools.ts";
import { provision } from "../provision/provision.ts";
import { showProgress } from "../provision/render.ts";
import type { Output } from "./context.ts";
import { toolCacheRoot } from "../provision/cache.ts";
import { engineObstacle } from "../substrates/docker/engine.ts";
import { imageName } from "../substrates/docker/image/image.ts";

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly json: boolean;
  /** Gets what is missing first. */
  readonly install: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Diagnosis {
  readonly tools: readonly Inspection[];
  readonly machine: Machine;
  readonly cache: { readonly path: string; readonly freeBytes: number | undefined };
  readonly reports: { readonly path: string; readonly freeBytes: number | undefined };
  /** For targets that come up by a compose file. */
  readonly compose: Ability;
  readonly substrates: { readonly process: Ability; readonly docker: Ability };
}

/** Resolves with the exit status: 0 when a run on the process substrate can start here, with tools that are there or can be got. */
export async function doctor({ env, stdout, stderr, json, install, signal }: DoctorOptions): Promise<number> {
  if (install) {
    using display = showProgress(stderr);
    await provision(toolNames, { env, signal, progress: display.progress });
  }
  const [tools, machine] = await Promise.all([inspect({ env, signal }), inspectMachine(env)]);
  const cachePath = toolCacheRoot(env);
  const reportsPath = resolve("reports");
  const diagnosis: Diagnosis = {
    tools,
    machine,
    cache: { path: cachePath, freeBytes: freeDiskBytes(cachePath) },
    reports: { path: reportsPath, freeBytes: freeDiskBytes(reportsPath) },
    compose: composePlugin(env),
    substrates: { process: processSubstrate(tools, machine), docker: await dockerSubstrate(env, machine) },
  };
  if (json) stdout.json({ format: "seawall-doctor/1", ...diagnosis });
  else stdout.write(render(diagnosis, stdout));
  return diagnosis.substrates.process.works ? exitCodes.held : exitCodes.internal;
}

async function dockerSubstrate(env: NodeJS.ProcessEnv, { docker }: Machine): Promise<Ability> {
  if (!docker.works) return docker;
  const unfit = await engineObstacle(env, null);
  if (unfit !== null) return { works: false, detail: unfit };
  return { works: true, detail: (await engineObstacle(env, imageName(resolve(import.meta.dirname, "../..")))) ?? `${docker.detail} and has the image` };
}

function processSubstrate(tools: readonly Inspection[], { zoneAddresses }: Machine): Ability {
  if (!zoneAddresses.works) return zoneAddresses;
  const unobtainable = tools.filter(({ found, sources }) => found === undefined && sources.length === 0).map(({ name }) => name);
  if (unobtainable.length > 0) return { works: false, detail: `cannot be had here: ${unobtainable.join(", ")}` };
  const missing = tools.filter(({ found }) => found === undefined).map(({ name }) => name);
  if (missing.length > 0) return { works: true, detail: `once ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} got` };
  return { works: true, detail: "every tool is there" };
}

function render({ tools, machine, cache, reports, compose, substrates }: Diagnosis, output: Output): string {
  const width = Math.min(100, output.columns);
  const mark = (works: boolean) => paint(works ? "yes" : "no ", works ? "green" : "red", output);
  const missing = tools.filter(({ found }) => found === undefined);
  const clients = Object.entries(machine.clients).filter(([, path]) => path !== undefined).map(([name]) => name);
  const facts: [string, string][] = [
    ["machine", `${machine.cores} cores, ${gigabytes(machine.memoryBytes)} of memory, ${gigabytes(machine.memoryFreeBytes)} free`],
    ["cache", `${cache.path} (${gigabytes(cache.freeBytes)} free)`],
    ["reports", `${reports.path} (${gigabytes(reports.freeBytes)} free)`],
    ["clients", clients.length === 0 ? "none of the programs that fetch tools" : clients.join(", ")],
  ];
  const abilities: [string, Ability][] = [
    ["process substrate", substrates.process], ["docker substrate", substrates.docker], ["zone addresses", machine.zoneAddresses], ["browser, players", machine.browser], ["compose files", compose],
  ];
  return [
    clip(["tool".padEnd(10), "version".padEnd(10), "from".padEnd(12), "where"].join(" "), width),
    ...tools.flatMap((tool) => toolLines(tool, width, output)),
    "",
    ...abilities.map(([name, { works, detail }]) => `${name.padEnd(18)} ${mark(works)} ${clip(detail, width - 23)}`),
    "",
    ...facts.map(([name, text]) => `${name.padEnd(8)} ${clip(text, width - 9)}`),
    ...(missing.length === 0 || !substrates.process.works ? [] : ["", "`npm start` gets what is missing; `./seawall doctor --install` does that alone."]),
    "",
  ].join("\n");
}

/** A tool that is there takes one line; one that is not says what a run would do, or why nothing can be done. */
function toolLines({ name, wanted, found, attempts, sources, obstacles, install }: Inspection, width: number, output: Output): string[] {
  const indent = " ".repeat(11);
  const tell = (text: string) => indent + clip(text, width - indent.length);
  if (found !== undefined) {
    const where = clip(found.executable, width - 35, "start");
    return [[name.padEnd(10), found.version.padEnd(10), found.source.padEnd(12), where].join(" ")];
  }
  const looked = attempts.filter(({ source, reason }) => source !== "environment" || !reason.endsWith("is not set"));
  return [
    `${name.padEnd(10)} ${paint("missing", "red", output)}    ${clip(`wanted ${wanted}`, width - 22)}`,
    ...looked.map(({ source, reason }) => tell(`${source}: ${reason}`)),
    ...(sources.length > 0 ? [tell(`would be got by ${sources.join(", else by ")}`)] : [...obstacles.map((obstacle) => tell(obstacle)), tell(`to install: ${install}`)]),
  ];
}

function clip(text: string, width: number, end: "start" | "end" = "end"): string {
  if (text.length <= width) return text;
  return end === "end" ? `${text.slice(0, width - 1)}…` : `…${text.slice(1 - width)}`;
}

function paint(text: string, colour: "green" | "red", output: Output): string {
  return output.colour ? styleText(colour, text, { validateStream: false }) : text;
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? "unknown" : `${(bytes / 2 ** 30).toFixed(0)} GiB`;
}
