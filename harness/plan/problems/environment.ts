/** The problems of the variables that an experiment takes from its user's environment. */
import type { Experiment } from "../../experiment/experiment.ts";
import type { PlanOptions } from "../options.ts";
import type { Layout } from "../../target/layout.ts";
import { general, ofWorld, type PlanProblem } from "./problem.ts";

/** A shorter one could be any part of any text, and could not be kept out of a record. */
const secretCharactersMin = 8;

/** Of loads, and of the headers with which services are asked. */
export function environmentProblems(
  { load }: Experiment,
  layout: Pick<Layout, "services">,
  { variable }: Pick<PlanOptions, "variable">,
): PlanProblem[] {
  const ofServices = layout.services.flatMap(({ name, access = {} }) =>
    Object.values(access)
      .flatMap(({ secretHeaders = {} }) => Object.values(secretHeaders))
      .flatMap((key) => secretProblem(key, variable))
      .map((text) => general(`service ${name}: secretHeaders: ${text}`)),
  );
  return [...ofServices, ...loadProblems(load, variable)];
}

function loadProblems(load: Experiment["load"], variable: PlanOptions["variable"]): PlanProblem[] {
  const given = new Map<string, string>();
  return load.flatMap(({ name, env = {}, secrets = [] }) => [
    ...Object.entries(env).flatMap(([key, value]) => {
      const before = given.get(key) ?? value;
      given.set(key, before);
      return before === value
        ? []
        : [ofWorld(`load ${name}`, `env: another load sets ${key} otherwise, and k6 has one each`)];
    }),
    ...secrets.flatMap((key) =>
      (Object.hasOwn(env, key) ? [`${key} is in env, too`] : secretProblem(key, variable)).map(
        (text) => ofWorld(`load ${name}`, `secrets: ${text}`),
      ),
    ),
  ]);
}

function secretProblem(key: string, variable: PlanOptions["variable"]): string[] {
  if (variable === undefined) return [];
  const value = variable(key) ?? "";
  if (value === "") return [`the variable ${key} is not set`];
  return value.length >= secretCharactersMin
    ? []
    : [
        `${key} is shorter than ${secretCharactersMin} characters, so nothing could keep it out ` +
          "of a record",
      ];
}
