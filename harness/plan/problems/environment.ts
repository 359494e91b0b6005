/** What is wrong with the variables that loads hand to their scripts. */
import type { Experiment } from "../../experiment/experiment.ts";
import type { PlanOptions } from "../options.ts";
import { ofWorld, type PlanProblem } from "./problem.ts";

/** A shorter one could be any part of any text, and could not be kept out of a record. */
const secretCharactersMin = 8;

export function environmentProblems(
  { load }: Experiment,
  { variable }: Pick<PlanOptions, "variable">,
): PlanProblem[] {
  const given = new Map<string, string>();
  return load.flatMap(({ name, env = {}, secrets = [] }) => [
    ...Object.entries(env).flatMap(([key, value]) => {
      const before = given.get(key) ?? value;
      given.set(key, before);
      return before === value
        ? []
        : [ofWorld(`load ${name}`, `env: another load sets ${key} otherwise, and k6 has one each`)];
    }),
    ...secrets.flatMap((key) => {
      if (variable === undefined) return [];
      const value = variable(key);
      if (Object.hasOwn(env, key))
        return [ofWorld(`load ${name}`, `${key} is in env and in secrets`)];
      if (value === undefined || value === "")
        return [ofWorld(`load ${name}`, `secrets: the variable ${key} is not set`)];
      return value.length >= secretCharactersMin
        ? []
        : [
            ofWorld(
              `load ${name}`,
              `secrets: ${key} is shorter than ${secretCharactersMin} characters, so nothing could ` +
                "keep it out of a record",
            ),
          ];
    }),
  ]);
}
