/** What holds of what was said: a default, then `seawall.config.ts`, the environment, a flag. */
import { resolve } from "node:path";
import { type Config, type SettingName, type SettingValue, settings } from "./settings.ts";

export interface Sources {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `seawall.config.ts` lies: its paths, and the default ones, start there. */
  readonly folder: string;
  /** Where the user stands: paths of flags and of the environment start there. */
  readonly cwd: string;
}

/**
 * The whole value of the highest of them that says anything: lists are not joined, so that a flag
 * can also take something away. An empty variable says nothing.
 */
export function settingOf<Name extends SettingName>(
  name: Name,
  flag: SettingValue<Name> | undefined,
  { config, env, folder, cwd }: Sources,
): SettingValue<Name> {
  const setting = settings[name];
  const isPath = setting.kind === "path";
  const from = (start: string, value: unknown): unknown =>
    isPath && typeof value === "string" ? resolve(start, value) : value;
  const said = setting.env === null ? undefined : env[setting.env] || undefined;
  const ofEnv = said === undefined || setting.kind !== "list" ? said : partsOf(said);
  const levels = [
    from(cwd, flag),
    from(cwd, ofEnv),
    from(folder, inConfig(config, setting.key)),
    from(folder, setting.fallback),
  ];
  return (levels.find((value) => value !== undefined) ?? null) as SettingValue<Name>;
}

function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function inConfig(config: Config, key: string | null): unknown {
  return key
    ?.split(".")
    .reduce<unknown>(
      (value, part) => (value as Record<string, unknown> | undefined)?.[part],
      config,
    );
}
