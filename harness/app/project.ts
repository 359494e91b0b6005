/**
 * The user's own folder: where `seawall.config.ts` lies, whose reports are meant, and where paths
 * in it start.
 */
import { existsSync, globSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../base/errors.ts";
import { unknownName } from "../base/nearest.ts";
import { settingOf } from "../settings/resolve.ts";
import {
  type Config,
  configShape,
  type SettingName,
  type SettingValue,
} from "../settings/settings.ts";
import type { Context, Project } from "./context.ts";

const configNames = ["ts", "mts", "js", "mjs"].map((ending) => `seawall.config.${ending}`);

/**
 * The nearest folder above with a configuration. Without one, it is the checkout for a user in it,
 * and otherwise the nearest folder with a `package.json`.
 */
export function projectAt(root: string, cwd: string): Project {
  const above = foldersAbove(cwd);
  for (const folder of above) {
    const name = configNames.find((one) => existsSync(join(folder, one)));
    if (name !== undefined) return { folder, configFile: join(folder, name), config: {} };
  }
  const isInside = above.includes(root) && !isInstalled(root);
  const folder = isInside
    ? root
    : (above.find((one) => existsSync(join(one, "package.json"))) ?? cwd);
  return { folder, configFile: null, config: {} };
}

/** A package, and no checkout. */
export function isInstalled(root: string): boolean {
  return root.split(sep).includes("node_modules");
}

function foldersAbove(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}

/** Throws one line that names the file and the key. */
export async function loadConfig(context: Pick<Context, "cwd" | "project">): Promise<void> {
  const { project, cwd } = context;
  const file = project?.configFile ?? null;
  if (project === undefined || file === null) return;
  const named = relative(cwd, file);
  let found: unknown;
  try {
    found = ((await import(pathToFileURL(file).href)) as { readonly default?: unknown }).default;
  } catch (error) {
    const message = error instanceof Error ? error.message : `it throws ${String(error)}`;
    throw malformed(`${named} cannot be loaded: ${message.split("\n")[0]}`, error);
  }
  if (found === undefined) throw malformed(`${named} has no default export`);
  const read = configShape.safeParse(found);
  if (!read.success) throw malformed(`${named}: ${firstProblem(read.error.issues)}`);
  project.config = read.data as Config;
}

function malformed(message: string, cause?: unknown): SeawallError {
  return new SeawallError("CONFIG_MALFORMED", message, {
    cause,
    hint:
      "docs/reference/configuration.md lists the keys; `export default defineConfig({ … })` " +
      "checks them.",
  });
}

type Issue = NonNullable<ReturnType<typeof configShape.safeParse>["error"]>["issues"][number];

function firstProblem(issues: readonly Issue[]): string {
  const issue = issues[0] as Issue;
  const key = issue.path.map(String).join(".");
  if (issue.code !== "unrecognized_keys") return `${key === "" ? "it" : key} ${issue.message}`;
  const own = issue.path.reduce<unknown>(
    (shape, part) =>
      (shape as Record<string, { unwrap(): { shape: unknown } }>)[String(part)]?.unwrap().shape,
    configShape.shape,
  );
  return unknownName("key", [...issue.path, issue.keys[0]].join("."), [
    ...Object.keys(own as object).map((name) => [...issue.path, name].join(".")),
  ]);
}

/** What holds: a flag, else the environment, else the configuration, else the default. */
export function setting<Name extends SettingName>(
  context: Pick<Context, "root" | "cwd" | "env" | "project">,
  name: Name,
  flag?: SettingValue<Name>,
): SettingValue<Name> {
  const { cwd, env, project } = context;
  return settingOf(name, flag, {
    cwd,
    env,
    config: project?.config ?? {},
    folder: project?.folder ?? context.root,
  });
}

const known = new WeakMap<Config, ReadonlyMap<string, string>>();

/**
 * By their name, the files that the configuration names as experiments. Looked for once, because a
 * pattern such as `**` walks the whole folder.
 */
export function ownExperiments(
  context: Pick<Context, "root" | "cwd" | "env" | "project">,
): ReadonlyMap<string, string> {
  const { project } = context;
  if (project === undefined) return new Map();
  const { config, folder } = project;
  const found = known.get(config) ?? experimentsIn(context, folder);
  known.set(config, found);
  return found;
}

function experimentsIn(
  context: Pick<Context, "root" | "cwd" | "env" | "project">,
  folder: string,
): ReadonlyMap<string, string> {
  return new Map(
    setting(context, "experiments")
      .flatMap((pattern) => globSync(pattern, { cwd: folder }))
      .sort()
      .filter((path) => !/\.(test|d)\.[cm]?[jt]s$/.test(path))
      .map((path) => [basename(path, extname(path)), resolve(folder, path)]),
  );
}
