/**
 * How many simulated runs of the whole harness one core completes per second, including random
 * failures and crashes. With --seed, one of them with all its events.
 *
 *     node_modules/.bin/node benchmarks/simulate.ts [RUNS]
 *     node_modules/.bin/node benchmarks/simulate.ts --seed N
 */
import { parseArgs } from "node:util";
import { describeFault } from "../harness/faults/faults.ts";
import { trial } from "../test/support/simulated/trial.ts";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" } },
  allowPositionals: true,
});

async function replay(seed: number): Promise<void> {
  const one = await trial(seed);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(`seed ${seed}: ${one.verdict.status}${one.crashed ? ", killed on the way" : ""}`);
  for (const step of one.plan.steps)
    say(`  planned  ${step.atMs} ms for ${step.forMs} ms: ${describeFault(step.fault)}`);
  for (const mishap of one.mishaps) say(`  mishap   ${mishap}`);
  for (const event of one.events) say(`  ${JSON.stringify(event)}`);
  for (const finding of one.verdict.findings.filter((each) => each.status !== "held"))
    say(`  ${finding.status}: ${finding.title}: ${finding.why}`);
  for (const problem of one.broken) say(`BROKEN   ${problem}`);
  process.exitCode = one.broken.length === 0 ? 0 : 1;
}

async function measure(runs: number): Promise<void> {
  for (let seed = 1; seed <= 100; seed++) await trial(seed);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const verdicts: Record<string, number> = {};
  for (let seed = 1; seed <= runs; seed++) {
    const { verdict, broken } = await trial(seed);
    verdicts[verdict.status] = (verdicts[verdict.status] ?? 0) + 1;
    if (broken.length === 0) continue;
    process.stdout.write(`seed ${seed} is BROKEN: ${broken.join("; ")}\n`);
    process.exitCode = 1;
  }
  const used = process.cpuUsage(cpu);
  const cpuS = (used.user + used.system) / 1e6;
  process.stdout.write(
    `${runs} runs: ${(runs / cpuS).toFixed(0)} per second of processor time, ` +
      `${(runs / ((performance.now() - startMs) / 1000)).toFixed(0)} by the clock on the ` +
      `wall; ${JSON.stringify(verdicts)}\n`,
  );
}

if (values.seed === undefined) await measure(Number(positionals[0] ?? 2_000));
else await replay(Number(values.seed));
