/**
 * A load generator that omits the storm: the real k6, with the baseline's rate in every phase.
 * SEAWALL_K6 names it through a script.
 */
import { spawn } from "node:child_process";

interface Scenario {
  readonly startRate: number;
  readonly stages: { target: number }[];
}

const [real = "k6", ...args] = process.argv.slice(2);
const text = process.env["SEAWALL_LOAD"];
const load =
  text === undefined ? null : (JSON.parse(text) as { scenarios: Record<string, Scenario> });
for (const { startRate, stages } of Object.values(load?.scenarios ?? {}))
  for (const stage of stages) stage.target = Math.min(stage.target, startRate);
const child = spawn(real, args, {
  stdio: "inherit",
  env: { ...process.env, ...(load === null ? {} : { SEAWALL_LOAD: JSON.stringify(load) }) },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
