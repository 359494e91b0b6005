/** Reads a run back, whole or cut short. What is missing or torn is said in `damage`; what cannot be a run at all is refused. */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createZstdDecompress } from "node:zlib";
import { SeawallError } from "../core/errors.ts";
import type { Plan, Run, RunEvent } from "../core/run.ts";
import { files } from "./run-directory.ts";
import { SampleParser } from "./sample-parser.ts";

export async function readRun(path: string): Promise<Run> {
  const directory = resolve(path);
  const plan = readPlan(directory);
  const damage: string[] = [];
  const events = readEvents(directory, damage);
  const parser = new SampleParser();
  await readSamples(directory, parser, damage);
  if (!events.some((event) => event.kind === "finished")) damage.push(`the record ends early${endOf(events)}`);
  return { directory, id: runIdOf(events) ?? basename(directory), plan, events, series: parser.finish(damage), damage };
}

function readPlan(directory: string): Plan {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new SeawallError("RUN_DIRECTORY_BROKEN", `there is no run directory ${directory}`, { hint: "Runs lie in reports/EXPERIMENT/RUN-ID; `ls reports/*` shows them." });
  }
  const path = join(directory, files.plan);
  if (!existsSync(path)) {
    throw new SeawallError("RUN_DIRECTORY_BROKEN", `${directory} is no run directory: it has no ${files.plan}`, { hint: "Name the folder that holds plan.json, events.ndjson and samples.csv.zst." });
  }
  try {
    const plan = JSON.parse(readFileSync(path, "utf8")) as Partial<Plan> | null;
    if (plan === null || typeof plan !== "object") throw new Error("not an object");
    if (plan.format !== "seawall-plan/1") throw new Error(`its format is ${JSON.stringify(plan.format)}, this version reads "seawall-plan/1"`);
    for (const key of ["experiment", "phasesMs", "recovery", "stream"] as const) {
      if (plan[key] === undefined) throw new Error(`"${key}" is missing`);
    }
    for (const key of ["hypothesis", "steps", "services", "edges", "load", "abortWhen", "without"] as const) {
      if (!Array.isArray(plan[key])) throw new Error(`"${key}" is no list`);
    }
    return plan as Plan;
  } catch (error) {
    throw new SeawallError("RUN_DIRECTORY_BROKEN", `${path} cannot be read: ${(error as Error).message}`, { cause: error, hint: "The run cannot be judged without its plan; run the experiment again." });
  }
}

function readEvents(directory: string, damage: string[]): RunEvent[] {
  const path = join(directory, files.events);
  if (!existsSync(path)) {
    damage.push(`${files.events} is missing`);
    return [];
  }
  const lines = linesOf(path, damage);
  const events: RunEvent[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const event = parseEvent(line);
    if (event !== null) events.push(event);
    else damage.push(index === lines.length - 1 ? `the last line of ${files.events} is torn` : `line ${index + 1} of ${files.events} is damaged`);
  }
  return events;
}

function linesOf(path: string, damage: string[]): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    damage.push(`${files.events} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return [];
  }
}

function parseEvent(line: string): RunEvent | null {
  try {
    const event = JSON.parse(line) as RunEvent;
    return typeof event?.kind === "string" && Number.isFinite(event.atMs) ? event : null;
  } catch {
    return null;
  }
}

async function readSamples(directory: string, parser: SampleParser, damage: string[]): Promise<void> {
  const path = join(directory, files.samples);
  if (!existsSync(path)) {
    damage.push(`${files.samples} is missing`);
    return;
  }
  const source = createReadStream(path);
  const text = source.pipe(createZstdDecompress());
  source.on("error", (error) => text.destroy(error));
  try {
    for await (const chunk of text) parser.push(chunk as Buffer);
  } catch (error) {
    damage.push(`${files.samples} is cut short or damaged (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); what could be read of it was`);
  }
}

function runIdOf(events: readonly RunEvent[]): string | null {
  const started = events.find((event) => event.kind === "started");
  return started?.kind === "started" ? started.runId : null;
}

function endOf(events: readonly RunEvent[]): string {
  const last = events.at(-1);
  return last === undefined ? ", before anything happened" : `, after "${last.kind}" at ${new Date(last.atMs).toISOString()}`;
}
