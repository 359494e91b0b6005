/** Writes the files into a folder, beside what lies there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { commonFiles } from "./files/common.ts";
import type { Answers, Files, Here, Kind } from "./kind.ts";
import { type KindName, kinds } from "./kinds.ts";

/** What stops everything; the message is for people. */
export class Refused extends Error {}

export interface Wanted {
  readonly folder: string;
  readonly kind: KindName;
  readonly answers: Answers;
  /** What `package.json` asks for: a version, or a path of a tarball. */
  readonly seawall: string;
  /** Whether a docker engine answers; by default the docker command is asked. */
  readonly engine?: () => boolean;
}

interface Manifest {
  type?: string;
  devDependencies?: Record<string, string>;
  [key: string]: unknown;
}

/** The paths that were written. Throws `Refused` before it writes anything. */
export function write(wanted: Wanted): string[] {
  const { folder, kind, answers, seawall } = wanted;
  const manifest = manifestIn(folder);
  const ending = manifest.type === "module" ? "ts" : "mts";
  const chosen: Kind = kinds[kind];
  const files: Files = {
    ...chosen.files(answers, ending, hereOf(wanted)),
    ...commonFiles({ kind, ending, seawall, hosts: chosen.hosts(answers), first: chosen.first }),
  };
  const there = Object.keys(files).filter((path) => existsSync(join(folder, path)));
  if (there.length > 0)
    throw new Refused(`${there.join(", ")} lies there already; nothing was written`);
  const own: Files = {
    ...files,
    "package.json": `${JSON.stringify(withSeawall(manifest, seawall), null, 2)}\n`,
    ".gitignore": ignoring(folder, ["node_modules/", "reports/"]),
  };
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return Object.keys(own);
}

/** Asked once, and only by a kind that wants to know. */
export function hereOf({
  folder,
  engine = engineAnswers,
}: Pick<Wanted, "folder" | "engine">): Here {
  return {
    engine,
    read: (path) => {
      try {
        return readFileSync(resolve(folder, path), "utf8");
      } catch {
        return null;
      }
    },
  };
}

/** As the docker command finds it: by its variables, its context, or the usual socket. */
function engineAnswers(): boolean {
  const args = ["version", "--format", "{{.Server.Version}}"];
  return spawnSync("docker", args, { stdio: "ignore", timeout: 10_000 }).status === 0;
}

/** A new one is of ES modules. */
function manifestIn(folder: string): Manifest {
  const path = join(folder, "package.json");
  if (!existsSync(path))
    return { name: nameOf(folder), version: "0.0.0", private: true, type: "module" };
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch (error) {
    throw new Refused(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name === "" || name === "seawall" ? "storms" : name;
}

function withSeawall(manifest: Manifest, seawall: string): Manifest {
  return { ...manifest, devDependencies: { ...manifest.devDependencies, seawall } };
}

function ignoring(folder: string, wanted: readonly string[]): string {
  const path = join(folder, ".gitignore");
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const lines = before.split("\n").map((line) => line.trim().replace(/^\//, ""));
  const lacking = wanted.filter((one) => !lines.includes(one) && !lines.includes(one.slice(0, -1)));
  const end = before === "" || before.endsWith("\n") ? "" : "\n";
  return `${before}${end}${lacking.map((one) => `${one}\n`).join("")}`;
}
