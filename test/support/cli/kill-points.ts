/** Kills runs of the light target at random moments, and lists what remains. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { prng } from "../../../harness/base/prng.ts";
import { listProcesses, runVariable } from "../../../harness/system/processes.ts";
import light, { minimalExperiment } from "../experiments/minimal-target.ts";

const root = resolve(import.meta.dirname, "../../..");
/** From the creation of the run directory to the report. */
const runMs = 20_000;
const undoneWithinMs = 40_000;
const wait = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/**
 * A cache with the user's tools and its own state, so that these runs alone left what it contains.
 */
export function ownCache(): { readonly path: string; readonly state: string } {
  const path = mkdtempSync(join(tmpdir(), "seawall-cache-"));
  const users =
    process.env["SEAWALL_CACHE"] ||
    join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");
  mkdirSync(join(path, "state"));
  for (const name of existsSync(users) ? readdirSync(users) : [])
    if (name !== "state") symlinkSync(join(users, name), join(path, name));
  return { path, state: join(path, "state") };
}

/** Processes whose environment or command line contains the text. */
export function processesWith(text: string): number[] {
  return listProcesses().filter(
    (pid) =>
      pid !== process.pid &&
      ["environ", "cmdline"].some((file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(text);
        } catch {
          return false;
        }
      }),
  );
}

/**
 * Everything that a run, or its switch, left on this machine, and on an engine if `engineHolds` is
 * given.
 */
export function leftOf(
  runId: string,
  state: string,
  engineHolds: readonly string[] = [],
): string[] {
  return [
    ...engineHolds,
    ...processesWith(`${runVariable}=${runId}`).map((pid) => `process ${pid} of ${runId}`),
    ...processesWith(`dead-man\0${runId}`).map((pid) => `switch ${pid} of ${runId}`),
    ...readdirSync(tmpdir()).filter((name) => name.includes(runId)),
    ...readdirSync(state).filter((name) => name.startsWith(runId)),
  ];
}

export function startLight(
  cache: string,
  out: string,
  substrate: "process" | "docker" = "process",
): ReturnType<typeof spawn> {
  return spawn(
    process.execPath,
    ["harness/main.ts", "run", minimalExperiment, "--substrate", substrate, "--out", out],
    { cwd: root, env: { ...process.env, SEAWALL_CACHE: cache }, stdio: "ignore" },
  );
}

/** A run's objects on an engine, by name. */
type OnEngine = (runId: string) => Promise<readonly string[]>;
export interface KillOptions {
  readonly points: number;
  readonly atOnce: number;
  readonly seed: number;
  say(text: string): void;
  readonly onEngine?: OnEngine | undefined;
}
export interface KillOutcome {
  readonly survived: number;
  readonly left: readonly string[];
  readonly phases: Readonly<Record<string, number>>;
}

/** On docker if given a way to list its objects. */
export async function killAtRandom({
  points,
  atOnce,
  seed,
  say,
  onEngine,
}: KillOptions): Promise<KillOutcome> {
  const random = prng(seed);
  // For ledgers, each worker is a machine of its own. Otherwise the remains of another would make
  // it refuse. Its ports are its own, too.
  const caches = Array.from({ length: atOnce }, () => ownCache());
  const phases: Record<string, number> = {};
  const left: string[] = [];
  let survived = 0,
    next = 0;
  const worker = async (cache: ReturnType<typeof ownCache>): Promise<void> => {
    while (next < points) {
      const point = next++;
      const outcome = await killOnce(cache, random() * runMs, point % 2 === 0, onEngine);
      if (outcome.phase === null) survived++;
      else phases[outcome.phase] = (phases[outcome.phase] ?? 0) + 1;
      left.push(...outcome.left);
      left.push(...readdirSync(cache.state).map((name) => `state/${name}`));
      const { phase } = outcome;
      const together = point % 2 === 0 ? " together with its switch" : "";
      const how = phase === null ? "had ended" : `killed in ${phase}${together}`;
      const behind = outcome.left.length === 0 ? "" : `; LEFT: ${outcome.left.join(", ")}`;
      say(`${String(point + 1).padStart(4)}: ${how}${behind}`);
    }
  };
  try {
    await Promise.all(caches.map(worker));
  } finally {
    for (const { path } of caches) await rm(path, { recursive: true, force: true });
  }
  return { survived, left, phases };
}

async function killOnce(
  cache: { readonly path: string; readonly state: string },
  afterMs: number,
  withSwitch: boolean,
  onEngine: OnEngine | undefined,
): Promise<{ readonly phase: string | null; readonly left: readonly string[] }> {
  const out = mkdtempSync(join(tmpdir(), "seawall-kill-"));
  try {
    const child = startLight(cache.path, out, onEngine === undefined ? "process" : "docker");
    const ended = once(child, "exit");
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (!over && !existsSync(join(out, light.name))) await wait(20);
    const early = await Promise.race([ended.then(() => true), wait(afterMs).then(() => false)]);
    const directory = existsSync(join(out, light.name))
      ? readdirSync(join(out, light.name))[0]
      : undefined;
    const phase = early
      ? null
      : directory === undefined
        ? "planning"
        : phaseOf(join(out, light.name, directory));
    if (!early) {
      if (withSwitch && directory !== undefined)
        for (const pid of processesWith(`dead-man\0${directory}`)) kill(pid);
      child.kill("SIGKILL");
      await ended;
    }
    if (directory === undefined) return { phase, left: [] };
    if (withSwitch && !early) await recovered(cache.path);
    const left = async (): Promise<string[]> =>
      leftOf(directory, cache.state, await onEngine?.(directory));
    for (
      const deadlineMs = performance.now() + undoneWithinMs;
      (await left()).length > 0 && performance.now() < deadlineMs;
    )
      await wait(100);
    return { phase, left: await left() };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

export async function recovered(cache: string): Promise<number | null> {
  const child = spawn(process.execPath, ["harness/main.ts", "recover"], {
    cwd: root,
    env: { ...process.env, SEAWALL_CACHE: cache },
    stdio: "ignore",
  });
  const [exitCode] = await once(child, "exit");
  return exitCode as number | null;
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

function phaseOf(directory: string): string {
  const events = existsSync(join(directory, "events.ndjson"))
    ? readFileSync(join(directory, "events.ndjson"), "utf8")
    : "";
  const kinds = [
    ...events.matchAll(
      /"kind":"(deploying|deployed|injecting|injected|healing|healed|cleaned|finished)"|"phase":"(\w+)"/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? "");
  return kinds.at(-1) ?? "starting";
}
