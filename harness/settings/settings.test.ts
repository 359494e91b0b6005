/** Which of the places where something can be said wins, whatever is said in them. */
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { times } from "../../test/support/thorough.ts";
import { settingOf } from "./resolve.ts";
import { type Config, configShape, type SettingName, settings } from "./settings.ts";

const names = Object.keys(settings) as SettingName[];
const word = fc.stringMatching(/^[a-z][a-z0-9./-]{0,11}$/);
const saidOf = (name: SettingName): fc.Arbitrary<string | string[]> =>
  settings[name].kind === "list" ? fc.array(word, { minLength: 1, maxLength: 3 }) : word;

/** At most one value for each level: a flag, the environment, the configuration. */
const said = fc.constantFrom(...names).chain((name) =>
  fc.record({
    name: fc.constant(name),
    flag: fc.option(saidOf(name), { nil: undefined }),
    env: fc.option(saidOf(name), { nil: undefined }),
    config: fc.option(saidOf(name), { nil: undefined }),
  }),
);

function configWith(key: string, value: unknown): Config {
  return key
    .split(".")
    .reverse()
    .reduce<unknown>((inner, part) => ({ [part]: inner }), value) as Config;
}

describe("what was said in several places", () => {
  it("is taken whole from a flag, else the environment, else the configuration", () => {
    fc.assert(
      fc.property(said, ({ name, flag, env, config }) => {
        const setting = settings[name];
        const levels = [
          { start: "/there", value: flag },
          { start: "/there", value: setting.env === null ? undefined : env },
          { start: "/project", value: setting.key === null ? undefined : config },
          { start: "/project", value: setting.fallback },
        ];
        const first = levels.find(({ value }) => value !== undefined);
        const text = Array.isArray(env) ? env.join(",") : env;
        const found = settingOf(name, flag as never, {
          cwd: "/there",
          folder: "/project",
          env: setting.env === null || text === undefined ? {} : { [setting.env]: text },
          config:
            setting.key === null || config === undefined ? {} : configWith(setting.key, config),
        });
        expect(found).toEqual(
          setting.kind === "path"
            ? resolve(first?.start ?? "", first?.value as string)
            : first?.value,
        );
      }),
      { numRuns: times(300) },
    );
  });

  it("is nothing where a variable is empty", () => {
    const sources = { cwd: "/", folder: "/", config: { substrate: "docker" } };
    expect(settingOf("substrate", undefined, { ...sources, env: { SEAWALL_SUBSTRATE: "" } })).toBe(
      "docker",
    );
  });
});

describe("the list of settings", () => {
  it("has the keys that the shape of a configuration have", () => {
    const keys = names.flatMap((name) => settings[name].key ?? []);
    const sample = Object.fromEntries(keys.map((key) => [key.split(".")[0], undefined]));
    expect(Object.keys(configShape.shape).sort()).toEqual(Object.keys(sample).sort());
  });

  it("has an example of each, and the shape of a configuration accepts all of them", () => {
    for (const name of names) {
      const { key, example } = settings[name];
      const config = key === null ? {} : configWith(key, example);
      expect(configShape.safeParse(config).error, name).toBeUndefined();
    }
  });
});
