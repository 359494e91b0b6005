/**
 * Generates `reports/index.html` from all runs and writes it atomically. A broken run is listed as
 * such.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import {
  allowanceUsed,
  type BrokenRun,
  type IndexedPage,
  type IndexedRun,
  type RunIndex,
  startOfRunId,
} from "../record/run-index.ts";
import { statisticNamed } from "../claims/statistics/registry.ts";
import { findingId } from "../record/claim-ids.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import { subjectOf } from "../record/subject.ts";
import { isSubstrate, unknownSubstrate } from "../record/substrates.ts";
import { renderIndex } from "../report/index-html.ts";
import { clip } from "../report/plain.ts";
import { files } from "../run/run-directory.ts";
import { type Stored, storedVerdict } from "../run/stored-verdict.ts";
import { foldersIn, jsonIn, storageError } from "../system/files.ts";

export const indexFile = "index.html";

/**
 * Called after a run, a report or a comparison. Two processes that end at once each write all that
 * they see. If something changed meanwhile, the index is written again, so that the last page is
 * complete.
 */
export function writeIndex(
  out: string,
  render: (index: RunIndex) => string = renderIndex,
): RunIndex {
  for (let attempt = 1; ; attempt++) {
    const before = stateOf(out);
    const read = readIndex(out);
    const beside = join(out, `.${indexFile}.${randomBytes(6).toString("hex")}`);
    try {
      writeFileSync(beside, render(read), { flag: "wx" });
      renameSync(beside, join(out, indexFile));
    } catch (error) {
      throw storageError(join(out, indexFile), error);
    }
    if (attempt === 5 || stateOf(out) === before) return read;
  }
}

/** A failure to write the index must not fail a run's own report. */
export function refreshIndex(out: string, warn: (text: string) => void): void {
  try {
    writeIndex(out);
  } catch (error) {
    warn(`the index of runs was not written: ${(error as Error).message}\n`);
  }
}

/**
 * The same for the folder that contains a run as OUT/EXPERIMENT/RUN; a run in another place has no
 * index.
 */
export function refreshIndexOf(
  { directory, plan }: Pick<Run, "directory" | "plan">,
  warn: (text: string) => void,
): void {
  if (basename(dirname(directory)) === plan.experiment)
    refreshIndex(dirname(dirname(directory)), warn);
}

export function readIndex(out: string): RunIndex {
  const runs: IndexedRun[] = [],
    broken: BrokenRun[] = [];
  for (const path of runFolders(out)) {
    const read = indexed(out, path);
    if ("runId" in read) runs.push(read);
    else broken.push(read);
  }
  const when = (run: IndexedRun): number => run.startedAtMs ?? 0;
  return {
    runs: runs.sort((a, b) => when(b) - when(a) || (a.path < b.path ? 1 : -1)),
    broken,
    pages: pagesOf(out),
  };
}

/**
 * Runs are in `EXPERIMENT/RUN`, and deeper if a command received a folder inside this one:
 * `baseline/COMMIT/EXPERIMENT/RUN`.
 */
const depthMax = 4;

/** Folders of runs, and those that look like one without a complete run. */
function runFolders(out: string, under = "", depth = 1): string[] {
  return shownFoldersIn(join(out, under)).flatMap((name) => {
    const path = under === "" ? name : `${under}/${name}`;
    const directory = join(out, path);
    if (existsSync(join(directory, files.plan))) return [path];
    if (isOther(directory) || name === files.logs) return [];
    if (depth > 1 && looksLikeARun(directory)) return [path];
    return depth < depthMax ? runFolders(out, path, depth + 1) : [];
  });
}

/**
 * A run that was cut short before it had a plan, or lost it. Other folders contain folders, or
 * Seawall's other documents.
 */
function looksLikeARun(directory: string): boolean {
  const names = namesIn(directory);
  return (
    names.length === 0 ||
    [files.events, files.samples, files.verdict, files.logs].some((name) => names.includes(name))
  );
}

/** A folder with its own report that is no run: a game day, a gate, a search. */
function isOther(directory: string): boolean {
  const own = [files.report, "day.json", "gate.json"];
  return own.some((name) => existsSync(join(directory, name)));
}

const planShape = z.object({
  experiment: z.string(),
  tier: z.string(),
  target: z.string(),
  topology: z.string(),
  substrate: z.string(),
  seed: z.number(),
  without: z.array(z.string()),
  targetVersion: z.string().optional(),
  versionGiven: z.string().optional(),
  label: z.string().optional(),
  git: z
    .object({ commit: z.string(), branch: z.string().nullable(), changed: z.boolean() })
    .optional(),
  hypothesis: z.array(
    z.object({ id: z.string().optional(), title: z.string(), statistic: z.string() }),
  ),
});

/** A verdict on another record proves nothing, and its margins are not shown. */
function believed({ kind, verdict }: Extract<Stored, { readonly verdict: Verdict }>): Verdict {
  if (kind === "fits") return verdict;
  const why =
    `${files.verdict} does not belong to this record or was changed; \`seawall report RUN\` ` +
    "judges the run again";
  return { ...verdict, status: "inconclusive", why, findings: [] };
}

function indexed(out: string, path: string): IndexedRun | BrokenRun {
  const directory = join(out, path);
  const plan = planShape.safeParse(jsonIn(join(directory, files.plan)));
  if (!plan.success)
    return {
      path,
      why: existsSync(join(directory, files.plan))
        ? `${files.plan} cannot be read`
        : `it has no ${files.plan}`,
    };
  const { substrate } = plan.data;
  if (!isSubstrate(substrate)) return { path, why: clip(unknownSubstrate(substrate) ?? "", 300) };
  const stored = storedVerdict(directory);
  if (stored.kind === "unreadable") return { path, why: `${files.verdict} cannot be read` };
  if (stored.kind === "missing")
    return {
      path,
      why:
        "it has no verdict: it was cut short or still runs; `seawall report RUN` judges what " +
        "is recorded",
    };
  const { data } = plan;
  const { runId, status, why, aborted, findings } = believed(stored);
  // Before findings contained the unit, only the claim's statistic showed that a value is a share.
  const shares = new Set(
    data.hypothesis
      .filter(({ statistic }) => statisticNamed(statistic)?.unit === "share")
      .map((claim) => findingId("claim", claim)),
  );
  const unitOf = ({ id, unit }: Finding): string =>
    unit === "" && shares.has(id) ? "share" : unit;
  return {
    path,
    runId: clip(runId, 120),
    experiment: clip(data.experiment, 120),
    tier: clip(data.tier, 40),
    substrate,
    target: clip(data.target, 120),
    topology: clip(data.topology, 120),
    targetVersion: data.targetVersion === undefined ? null : clip(data.targetVersion, 80),
    subject: clipped(subjectOf(data)),
    version: versionIn(join(directory, files.events)),
    seed: data.seed,
    without: data.without.map((name) => clip(name, 80)),
    status,
    why: clip(why, 300),
    aborted: aborted !== null,
    startedAtMs: startOfRunId(runId),
    hasReport: existsSync(join(directory, files.report)),
    claims: findings
      .filter(({ kind }) => kind !== "evidence")
      .map((finding: Finding) => ({
        id: clip(finding.id, 200),
        title: clip(finding.title, 200),
        phase: finding.phase ?? "",
        status: finding.status,
        used: allowanceUsed({ ...finding, unit: unitOf(finding) }),
      })),
  };
}

const clipped = (text: string | null): string | null => (text === null ? null : clip(text, 120));

const startedShape = z.object({
  kind: z.literal("started"),
  versions: z.record(z.string(), z.string()),
});

/** From the first line of the events, without reading the rest. */
function versionIn(path: string): string | null {
  const started = startedShape.safeParse(parsed((head(path, 8_192) ?? "").split("\n")[0] ?? ""));
  const version = started.success ? started.data.versions["seawall"] : undefined;
  return version === undefined ? null : clip(version, 60);
}

/**
 * Pages in a folder next to the runs: comparisons, game days, matrices. Their title describes them.
 */
function pagesOf(out: string): IndexedPage[] {
  const pages = shownFoldersIn(out)
    .filter((folder) => !existsSync(join(out, folder, files.plan)))
    .flatMap((folder) => [
      ...namesIn(join(out, folder))
        .filter((name) => name.endsWith(".html"))
        .map((name) => `${folder}/${name}`),
      ...shownFoldersIn(join(out, folder))
        .filter(
          (inner) =>
            !existsSync(join(out, folder, inner, files.plan)) &&
            existsSync(join(out, folder, inner, files.report)),
        )
        .map((inner) => `${folder}/${inner}/${files.report}`),
    ]);
  const found = pages.flatMap((path): IndexedPage[] => {
    const title = /<title>([^<]*)<\/title>/i.exec(head(join(out, path), 4_096) ?? "")?.[1];
    const written = statSync(join(out, path), { throwIfNoEntry: false });
    return written === undefined
      ? []
      : [
          {
            path,
            title: clip(title === undefined ? path : unescaped(title), 160),
            writtenAtMs: written.mtimeMs,
          },
        ];
  });
  return found.sort((a, b) => b.writtenAtMs - a.writtenAtMs);
}

function unescaped(text: string): string {
  return text.replace(/&#(\d{1,7});/g, (whole, code: string) =>
    Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : whole,
  );
}

/** Changes whenever a run or a verdict is added, removed or rewritten. */
function stateOf(out: string): string {
  const written = (path: string): string =>
    String(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? "");
  return [
    ...runFolders(out).map(
      (path) =>
        `${path} ${written(join(out, path, files.verdict))} ` +
        `${written(join(out, path, files.report))}`,
    ),
    ...pagesOf(out).map(({ path, writtenAtMs }) => `${path} ${writtenAtMs}`),
  ].join("\n");
}

/** Hidden folders contain no runs. */
function shownFoldersIn(folder: string): string[] {
  return foldersIn(folder).filter((name) => !name.startsWith("."));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function head(path: string, bytes: number): string | null {
  try {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(file, buffer, 0, bytes, 0)).toString("utf8");
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
