/** The target's image: its content-based name, and how the engine builds it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { SeawallError } from "../../../base/errors.ts";
import { ending } from "../../../system/sources.ts";
import { engineError, isGone } from "../engine.ts";
import type { ToolName } from "../../../target/tools.ts";
import { linkedPackages } from "./packages.ts";
import { dockerfile, imageFolder, latestImage, type Parts, projectLabel } from "./paths.ts";

/**
 * The modules of a container's entry. The rest of the harness is not included, so that its changes
 * need no new image.
 */
const ofEntry = [
  "docker/entry",
  "docker/addresses",
  "docker/place",
  "docker/shared-token",
  "docker/image/paths",
  "proxy/service",
].map((path) => `harness/substrates/${path}${ending}`);
/** The files that the Dockerfile copies, besides packages. */
export const copied = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "harness/base",
  "harness/faults",
  "harness/metrics",
  "harness/system",
  "harness/target",
  ...ofEntry,
  "targets",
];

/** `seawall/target:0123456789ab`, from the files of this repository in it. */
export function imageName(root: string): string {
  const hash = createHash("sha256");
  for (const path of filesOfImage(root))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  return `seawall/target:${hash.digest("hex").slice(0, 12)}`;
}

/** `seawall/base:…`, from the ingredients of a base that is built here. */
export function baseName(root: string, versions: readonly string[]): string {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, imageFolder, "packages.txt")))
    .update(JSON.stringify([versions, process.arch, "2"]));
  return `seawall/base:${hash.digest("hex").slice(0, 12)}`;
}

export function packagesOfImage(root: string): string[] {
  return readFileSync(join(root, imageFolder, "packages.txt"), "utf8")
    .split("\n")
    .filter((name) => name !== "");
}

/** Relative paths in a fixed order. The package has no lock file, and its types are for people. */
function filesOfImage(root: string): string[] {
  return copied
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) =>
      statSync(join(root, path)).isFile()
        ? [path]
        : readdirSync(join(root, path), { recursive: true, encoding: "utf8", withFileTypes: true })
            .filter((entry) => entry.isFile() && !/(\.test\.ts|\.d\.ts|\.md)$/.test(entry.name))
            .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
    )
    .sort();
}

export async function hasImage(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw engineError(error, `look for the image ${name}`);
  }
}

/** The default images of the Dockerfile. */
export function registryParts(root: string): Parts {
  const named = readFileSync(join(root, dockerfile), "utf8").matchAll(/^ARG (\w+)=(\S+)$/gm);
  return Object.fromEntries([...named].map(([, name, image]) => [name, image]));
}

/** The path in a tool's image that the Dockerfile copies, by the tool's name. */
export function copiedFromTools(root: string): Readonly<Record<ToolName, string>> {
  const copies = readFileSync(join(root, dockerfile), "utf8").matchAll(
    /^COPY --from=(\S+) (\S+) \S+$/gm,
  );
  return Object.fromEntries([...copies].map(([, tool, path]) => [tool, path]));
}

/**
 * Builds the image under its own name and as the latest. `say` receives the engine's output line by
 * line.
 */
export async function buildImage(
  docker: Docker,
  root: string,
  parts: Parts,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<string> {
  const name = imageName(root);
  using packages = linkedPackages(root);
  const context = tarOf(root, filesOfImage(root), [
    "--dereference",
    "--directory",
    packages.path,
    "packages",
  ]);
  const stream = await docker
    .buildImage(context.stream, {
      t: name,
      dockerfile,
      networkmode: "host",
      rm: true,
      forcerm: true,
      labels: { [projectLabel]: "image" },
      buildargs: { ...parts },
      abortSignal: signal,
    })
    .catch((error: unknown) => {
      throw engineError(error, "begin to build the image");
    });
  await Promise.all([followed(docker, stream, signal, say, "build the image"), context.ended]);
  const [repository, tag] = latestImage.split(":") as [string, string];
  await docker.getImage(name).tag({ repo: repository, tag });
  return name;
}

/** Imports a folder that is a complete root file system as an image. */
export async function importBase(
  docker: Docker,
  folderOfRoot: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const root = tarOf(folderOfRoot, ["."], ["--owner=0", "--group=0", "--numeric-owner"]);
  const [repo, tag] = name.split(":") as [string, string];
  const changes = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `LABEL ${projectLabel}=base`,
  ];
  const stream = await (
    docker.importImage(
      root.stream as unknown as string,
      { repo, tag, changes } as unknown as Record<string, never>,
    ) as Promise<NodeJS.ReadableStream>
  ).catch((error: unknown) => {
    throw engineError(error, "import the base image");
  });
  await Promise.all([
    followed(docker, stream, signal, () => {}, "import the base image"),
    root.ended,
  ]);
}

/** False if the registry is unreachable or does not provide it in time. */
export async function pulled(
  docker: Docker,
  name: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<boolean> {
  const begun = new AbortController();
  const timer = setTimeout(() => begun.abort(), 15_000);
  try {
    const stream = await docker.pull(name, {
      abortSignal: AbortSignal.any([signal, begun.signal]),
    });
    clearTimeout(timer);
    await followed(docker, stream, signal, say, `pull ${name}`);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** The engine answers 200 first and reports errors in the stream. */
async function followed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  say: (line: string) => void,
  doing: string,
): Promise<void> {
  const stop = (): void => void (stream as Readable).destroy?.(new Error("stopped"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        stream,
        (error, output: { error?: string }[] | null) => {
          const failed = output?.find((line) => line.error !== undefined)?.error;
          if (error !== null || failed !== undefined)
            reject(engineError(error ?? new Error(failed), doing));
          else resolve();
        },
        (line: { stream?: string; status?: string }) =>
          say((line.stream ?? line.status ?? "").trim()),
      );
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/**
 * An archive as a stream. `ended` rejects if tar fails, which otherwise looks like a short archive.
 */
function tarOf(
  cwd: string,
  paths: readonly string[],
  options: readonly string[],
): { stream: Readable; ended: Promise<void> } {
  const child = spawn("tar", ["-c", ...options, "-C", cwd, "--null", "-T", "-"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let lastOutput = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    lastOutput += part;
  });
  child.stdin.on("error", () => {}).end(paths.map((path) => `${path}\0`).join(""));
  const ended = once(child, "close").then(([code]) => {
    if (code !== 0)
      throw new SeawallError(
        "ENGINE_FAILED",
        `tar could not pack ${cwd}: ${lastOutput.trim().split("\n").at(-1) ?? ""}`,
      );
  });
  ended.catch(() => {});
  return { stream: child.stdout, ended };
}
