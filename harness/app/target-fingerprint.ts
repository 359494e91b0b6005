/**
 * The version of a target as a short hash: a run may serve as the prerequisite of another one of
 * the same version.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../target/target.ts";
import { isTest } from "../system/sources.ts";
import type { Context } from "./context.ts";

/**
 * All sources of the target, and of what drives and judges it. It hashes content, not commits: it
 * needs no git, and documentation does not change it.
 */
const folders = ["targets", "harness"];
/** Excluded, because it only presents results. */
const ignored = [join("harness", "report"), join("harness", "telemetry")];
const goSum = join("harness", "provision", "go", "go.sum");
/** The package pins its own dependencies. */
const packagesOf = (root: string): string =>
  existsSync(join(root, "package-lock.json")) ? "package-lock.json" : "package.json";

const known = new Map<string, string>();

/**
 * 12 hexadecimal digits. For a user's own target: the harness, the description, and the stated
 * version.
 */
export function targetVersion(
  context: Pick<Context, "root">,
  target: Target,
  topology: string,
): string {
  const harness = contentOf(context.root);
  if (target.own !== true) return harness;
  // `plan` refuses a wrong description and says why; the layout of one may throw.
  if ((target.problems?.(Date.now()) ?? []).length > 0) return harness;
  const described = JSON.stringify(
    target.topologies[topology]?.layout() ?? null,
    (_key, value: unknown) => (typeof value === "function" ? String(value) : value),
  );
  return createHash("sha256")
    .update(harness)
    .update(described)
    .update(target.version ?? "")
    .digest("hex")
    .slice(0, 12);
}

function contentOf(root: string): string {
  const before = known.get(root);
  if (before !== undefined) return before;
  const hash = createHash("sha256");
  for (const path of [
    ...folders.flatMap((folder) => sources(root, folder)),
    goSum,
    packagesOf(root),
  ].sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  const version = hash.digest("hex").slice(0, 12);
  known.set(root, version);
  return version;
}

function sources(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignored.includes(path) ? [] : sources(root, path);
    return entry.isFile() && !entry.name.endsWith(".md") && !isTest(path) && !path.endsWith(".d.ts")
      ? [path]
      : [];
  });
}
