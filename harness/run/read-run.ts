/**
 * Reads a run, complete or cut short. Missing, torn or contradictory parts are listed in `damage`;
 * what cannot be a run at all is refused.
 */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createZstdDecompress } from "node:zlib";
import { SeawallError } from "../base/errors.ts";
import { planDocument } from "../documents/plan.ts";
import { planOfRecord } from "../record/plan-as-read.ts";
import type { Plan } from "../record/plan.ts";
import { packNamed } from "../target/packs.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { unknownNames } from "../record/unknown-names.ts";
import { readEvents } from "./read-events.ts";
import { olderPlanFormat, renewedEvent, renewedPlan, renewedTags } from "./older-records.ts";
import { files } from "./run-directory.ts";
import { SampleParser } from "./sample-parser.ts";
import { type Seal, sha256 } from "./seal.ts";
import { SealedSamples } from "./sealed-samples.ts";

export async function readRun(path: string): Promise<Run> {
  const directory = resolve(path);
  const { plan, hash, isOlder } = readPlan(directory);
  const damage: string[] = [];
  if (plan.pack !== undefined && packNamed(plan.pack) === undefined)
    damage.push(`its target's pack is "${plan.pack}", which this installation does not have`);
  const read = readEvents(join(directory, files.events), hash, damage);
  const { marks, seal } = read;
  const events = isOlder ? read.events.map(renewedEvent) : read.events;
  const parser = new SampleParser(isOlder ? renewedTags : undefined);
  const samples = new SealedSamples(marks, seal);
  await readSamples(directory, [parser, samples], seal, damage);
  damage.push(
    ...belongingProblems(events, seal, samples.head()?.run ?? null, samples.head()?.plan ?? null),
  );
  if (!events.some((event) => event.kind === "finished"))
    damage.push(`the record ends early${endOf(events)}`);
  return {
    directory,
    id: runIdOf(events) ?? basename(directory),
    plan: planOfRecord(plan, events),
    events,
    series: parser.finish(damage),
    damage,
  };
}

interface ReadPlan {
  readonly plan: Plan;
  readonly hash: string;
  /** It, and the record next to it, use the names of an earlier version. */
  readonly isOlder: boolean;
}

function readPlan(directory: string): ReadPlan {
  if (!existsSync(directory) || !statSync(directory).isDirectory()) {
    const what = existsSync(directory)
      ? `${directory} is a file, not a run directory`
      : `there is no run directory ${directory}`;
    throw new SeawallError("RUN_DIRECTORY_BROKEN", what, {
      hint: "Runs are stored in reports/EXPERIMENT/RUN-ID; `ls reports/*` lists them.",
    });
  }
  const path = join(directory, files.plan);
  if (!existsSync(path)) {
    throw new SeawallError(
      "RUN_DIRECTORY_BROKEN",
      `${directory} is not a run directory: it has no ${files.plan}`,
      { hint: "Name a folder with plan.json, events.ndjson and samples.csv.zst." },
    );
  }
  try {
    const text = readFileSync(path);
    const value: unknown = JSON.parse(text.toString("utf8"));
    const isOlder = (value as Partial<Plan> | null)?.format === (olderPlanFormat as string);
    return { plan: planIn(value, isOlder), hash: sha256(text), isOlder };
  } catch (error) {
    throw new SeawallError(
      "RUN_DIRECTORY_BROKEN",
      `${path} cannot be read: ${(error as Error).message}`,
      {
        cause: error,
        hint: "The run cannot be judged without its plan; run the experiment again.",
      },
    );
  }
}

/** The number of problems that fit on a line. */
const issuesMax = 3;
/** A month: a longer phase is a mistake, and could not be drawn. */
const phaseMsMax = 31 * 86_400_000;

function planIn(text: unknown, isOlder: boolean): Plan {
  if (typeof text !== "object" || text === null) throw new Error("not an object");
  const { format } = text as Partial<Plan>;
  if (format !== "seawall-plan/2" && !isOlder)
    throw new Error(
      `its format is ${JSON.stringify(format)}, this version reads "seawall-plan/2" and ` +
        `"${olderPlanFormat}"`,
    );
  const value = isOlder ? renewedPlan({ ...text }) : text;
  const unknown = unknownNames(value);
  if (unknown.length > 0) throw new Error(unknown.slice(0, issuesMax).join("; "));
  const { error } = planDocument.safeParse(value);
  if (error !== undefined) {
    const { issues } = error;
    const listed = issues
      .slice(0, issuesMax)
      .map(({ path, message }) => `"${path.join(".")}": ${message}`);
    throw new Error(
      [
        ...listed,
        ...(issues.length > issuesMax ? [`and ${issues.length - issuesMax} more`] : []),
      ].join("; "),
    );
  }
  const plan = value as Plan;
  const lengths = { leadInMs: plan.leadInMs, ...plan.phasesMs };
  for (const [name, ms] of Object.entries(lengths)) {
    if (ms < 0 || ms > phaseMsMax) throw new Error(`${name} is ${ms} ms long`);
  }
  if (plan.recovery !== null && plan.recovery.windowMs < 1)
    throw new Error("the windows of its recovery are shorter than 1 ms");
  const { rhythm } = plan;
  if (rhythm !== undefined && rhythm.ms < 1)
    throw new Error(`its ${rhythm.name}s are ${rhythm.ms} ms long`);
  return plan;
}

/** Receives the samples as they are read. */
interface Taker {
  push(chunk: Buffer): void;
  problems?(): string[];
}

async function readSamples(
  directory: string,
  takers: readonly Taker[],
  seal: Seal | null,
  damage: string[],
): Promise<void> {
  const path = join(directory, files.samples);
  if (!existsSync(path)) {
    damage.push(`${files.samples} is missing`);
    return;
  }
  const source = createReadStream(path);
  const text = source.pipe(createZstdDecompress());
  source.on("error", (error) => text.destroy(error));
  try {
    for await (const chunk of text) for (const taker of takers) taker.push(chunk as Buffer);
  } catch (error) {
    damage.push(
      `${files.samples} is cut short or damaged ` +
        `(${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); the readable ` +
        "part was used",
    );
    return;
  }
  damage.push(...takers.flatMap((taker) => taker.problems?.() ?? []));
  const { size } = statSync(path);
  if (seal !== null && seal.fileBytes !== size)
    damage.push(`${files.samples} is ${size} bytes long, and ${seal.fileBytes} were written`);
}

/** The files of a run contain its id and the hash of its plan. */
function belongingProblems(
  events: readonly RunEvent[],
  seal: Seal | null,
  samplesRun: string | null,
  samplesPlan: string | null,
): string[] {
  if (seal === null) return [];
  const runId = runIdOf(events);
  return [
    ...(runId === null || runId === seal.run
      ? []
      : [`${files.events} is of the run ${runId}, and sealed as of ${seal.run}`]),
    ...(samplesRun === seal.run && samplesPlan === seal.plan
      ? []
      : [`${files.samples} is ${originOf(samplesRun, seal.run)}`]),
  ];
}

function runIdOf(events: readonly RunEvent[]): string | null {
  const started = events.find((event) => event.kind === "started");
  return started?.kind === "started" ? started.runId : null;
}

function endOf(events: readonly RunEvent[]): string {
  const last = events.at(-1);
  return last === undefined
    ? ", before anything happened"
    : `, after "${last.kind}" at ${new Date(last.atMs).toISOString()}`;
}

function originOf(samplesRun: string | null, sealedRun: string): string {
  if (samplesRun === sealedRun) return "not of this plan";
  return samplesRun === null ? "of a run that it does not name" : `of the run ${samplesRun}`;
}
