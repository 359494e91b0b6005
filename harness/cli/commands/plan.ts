/**
 * `seawall plan`: everything that a run would do, and what each step will verify and undo. Starts
 * nothing.
 */
import { planFlags, type PlanFlags, planned } from "../flags.ts";
import type { Define } from "../command.ts";
import type { Claim } from "../../claims/statistics/registry.ts";
import { type Phase, phases } from "../../base/phases.ts";
import type { Load, Step } from "../../experiment/experiment.ts";
import type { Replay } from "../../experiment/replay.ts";
import type { Plan } from "../../record/plan.ts";
import { subjectOf } from "../../record/subject.ts";
import { struckBy } from "../../record/struck.ts";
import { tierText } from "../../experiment/tiers.ts";
import { describeFault, kindOf } from "../../faults/faults.ts";
import { formatOffset } from "../../phrases/format.ts";
import { table } from "../../report/table.ts";
import type { Context } from "../../app/context.ts";

export const definePlan: Define = (program, context, end) =>
  planFlags(
    program
      .command("plan")
      .description("show what a run would do, without running it")
      .argument("<experiment>"),
  )
    .option("--json", "print the plan as JSON")
    .action(async (name: string, flags: PlanFlags) =>
      end(showPlan(context, (await planned(context, name, flags)).plan, flags.json === true)),
    );

export function showPlan(context: Context, plan: Plan, json: boolean): number {
  if (json) context.stdout.json(plan);
  else context.stdout.write(`${planText(plan).join("\n")}\n`);
  return 0;
}

export function planText(plan: Plan): string[] {
  const subject = subjectOf(plan);
  const totalMs = plan.leadInMs + phases.reduce((sum, phase) => sum + plan.phasesMs[phase], 0);
  return [
    plan.title,
    "",
    ...plan.story.split("\n").map((line) => `  ${line.trim()}`),
    "",
    ...(plan.notes ?? []).map((note) => `note       ${note}`),
    `tier       ${tierText(plan.tier)}`,
    `substrate  ${plan.substrate} (${plan.substrateWhy})`,
    `target     ${plan.target}, topology ` +
      `${plan.topology}${plan.without.length === 0 ? "" : `, without ${plan.without.join(", ")}`}`,
    ...zonesOf(plan).map(([zone, names]) => `             ${zone}: ${names.join(", ")}`),
    ...(plan.facts ?? []).map(({ label, value }) => `${label.toLowerCase().padEnd(10)} ${value}`),
    ...(subject === null ? [] : [`tested     ${subject}`]),
    `seed       ${plan.seed}`,
    `takes      ${seconds(totalMs)} once the target is up`,
    ...(plan.requestsPerSecondMax === undefined
      ? []
      : [`sends      at most ${plan.requestsPerSecondMax} requests per second`]),
    "",
    "Load, iterations per second",
    ...loadTable(plan),
    ...plan.load.flatMap(replayText),
    "",
    "Timeline",
    ...timeline(plan),
    "",
    "Claims",
    ...plan.hypothesis.map((claim) => `  ${claim.title}: ${claimText(claim)}`),
    ...(plan.recovery === null
      ? []
      : [
          `  ${plan.recovery.title}: within ${seconds(plan.recovery.withinMs)} of the last ` +
            "heal, and it stays back",
        ]),
    ...(plan.abortWhen.length === 0
      ? []
      : [
          "",
          "Aborts unless",
          ...plan.abortWhen.map(
            ({ unless, windowMs }) =>
              `  ${unless.title}: ${claimText(unless)}, over the last ${seconds(windowMs)}`,
          ),
        ]),
    "",
    `Run it: ${plan.rerun}`,
  ];
}

function loadTable(plan: Plan): string[] {
  const figure = (text: string) => ({ text, right: true });
  const rows = plan.load.map(({ name, lane, ratePerSecond }) => [
    `${name} (${lane})`,
    ...phases.map((phase) => figure(String(ratePerSecond[phase]))),
  ]);
  return table(
    [["", ...phases.map(figure)], ...rows],
    Number.POSITIVE_INFINITY,
    (text) => text,
  ).map((line) => `  ${line}`);
}

/** What the trace of a load holds, and what the load sends of it. */
function replayText({ name, replay }: Load): string[] {
  if (replay === undefined) return [];
  const { trace, sha256, holds, sends, times, stretch, fromMs, toMs, only, relative } = replay;
  const kinds = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ");
  const how = [
    ...(times === 1 ? [] : [`${times} times`]),
    ...(stretch === 1 ? [] : [`stretched by ${stretch}`]),
    ...(fromMs === 0 && toMs === null
      ? []
      : [`from ${seconds(fromMs)} to ${toMs === null ? "the end" : seconds(toMs)}`]),
    ...(only.length === 0 ? [] : [`only ${only.join(", ")}`]),
    relative ? "numbers relative to the newest" : "numbers as they were",
  ];
  const counted = ({ requests, sessions, peakPerSecond }: Omit<Replay["sends"], "kinds">) =>
    `${requests} requests of ${sessions} sessions, at most ${peakPerSecond} per second`;
  return [
    "",
    `  ${name} replays ${trace}`,
    `    sha256   ${sha256}`,
    `    holds    ${counted(holds)}, in ${seconds(holds.spanMs)}: ${kinds(holds.kinds)}`,
    `    sends    ${counted(sends)}: ${kinds(sends.kinds)}`,
    `    how      ${how.join("; ")}`,
  ];
}

function zonesOf(plan: Plan): [string, string[]][] {
  return [...Map.groupBy(plan.services, (service) => service.zone)].map(([zone, services]) => [
    zone,
    services.map((service) => service.name),
  ]);
}

function timeline(plan: Plan): string[] {
  // As in every report: from the start of the baseline.
  const beginsMs: Readonly<Record<Phase, number>> = {
    baseline: 0,
    fault: plan.phasesMs.baseline,
    recovery: plan.phasesMs.baseline + plan.phasesMs.fault,
  };
  const rows: [atMs: number, lines: string[]][] = [
    [-plan.leadInMs, ["lead-in (warm-up, not judged)"]],
    ...phases.map((phase): [number, string[]] => [beginsMs[phase], [phase]]),
    ...plan.steps.flatMap((step, index): [number, string[]][] => [
      [beginsMs.fault + step.atMs, injectionOf(plan, step, index)],
      [beginsMs.fault + step.atMs + step.forMs, healingOf(step)],
    ]),
  ];
  return rows
    .sort((a, b) => a[0] - b[0])
    .flatMap(([atMs, [first = "", ...more]]) => [
      `  ${formatOffset(atMs).padStart(8)}  ${first}`,
      ...more.map((line) => `${" ".repeat(12)}${line}`),
    ]);
}

function injectionOf(plan: Plan, { fault }: Step, index: number): string[] {
  const { services, links } = struckBy(plan, index);
  return [
    `  ${describeFault(fault)}`,
    ...(services.length > 1 ? [`    strikes ${services.join(", ")}`] : []),
    ...(links.length > 0 ? [`    on ${links.join(", ")}`] : []),
    `    landed when ${kindOf(fault).proof}`,
  ];
}

function healingOf({ fault }: Step): string[] {
  return [`  undo ${describeFault(fault)}`, `    ${kindOf(fault).undo}`];
}

function claimText(claim: Claim): string {
  const limit =
    typeof claim.limit === "number"
      ? String(claim.limit)
      : `${claim.limit.times} × ${claim.limit.of}`;
  return (
    `${claim.metric} ${claim.statistic} ${claim.comparison} ` +
    `${limit}${claim.unit === undefined ? "" : ` ${claim.unit}`} in ${claim.during.join(", ")}`
  );
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
