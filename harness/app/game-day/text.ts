/** A day on a terminal: the planned questions and actions, and afterwards the results. */
import type { Day, DayStep } from "../../game-day/day/day.ts";
import type { RecordedDay } from "../../game-day/day-directory.ts";
import { formatDuration } from "../../phrases/format.ts";
import { tierText } from "../../experiment/tiers.ts";
import { cut, padded, width } from "../../system/terminal.ts";
import { oneLine } from "../../report/plain.ts";

export function dayPlanText(day: Day): string[] {
  const roles = day.roles.map(({ name, may }) => `${name} (${may.join(", ") || "observes"})`);
  const unanswered =
    day.answers === "yes" ? "every point is answered by --yes" : "an unanswered point is a no-go";
  return [
    day.title,
    "",
    ...day.purpose.split("\n").map((line) => `  ${line.trim()}`),
    "",
    `roles      ${roles.join("; ")}`,
    `answers    ${unanswered}`,
    "",
    ...day.steps.flatMap((step, index) => stepText(step, index)),
  ];
}

function stepText(step: DayStep, index: number): string[] {
  const { blast, without, expect, holdMsMax } = step;
  const where = [
    step.experiment,
    tierText(step.tier),
    `topology ${step.topology}`,
    `${step.substrate} substrate`,
    ...(without.length === 0 ? [] : [`without ${without.join(", ")}`]),
  ].join(", ");
  const hold = holdMsMax === null ? "" : `, and under everyday load ${formatDuration(holdMsMax)}`;
  const services = blast.services.length === 0 ? "" : ` (${blast.services.join(", ")})`;
  const links = blast.links.length === 0 ? "" : `, ${blast.links.length} links`;
  return [
    `${index + 1}. ${step.title}`,
    `   ${where}${expect === "held" ? "" : `; expected to be ${expect}`}`,
    ...(step.brief === null ? [] : [`   ${step.brief}`]),
    `   go/no-go   waits ${formatDuration(step.waitMsMax)}${hold}`,
    `   strikes    ${blast.services.length} of ${blast.servicesInAll} services${services}${links}` +
      `; ${Number(blast.loadTimes.toPrecision(2))} × the load`,
    ...step.faults.map(
      (fault) => `   fault      ${fault.label}, for ${formatDuration(fault.forMs)}`,
    ),
    "",
  ];
}

export function dayResultText({ day, result }: RecordedDay, columns: number): string[] {
  const word = (asExpected: boolean, status: string | null): string =>
    `${asExpected ? "✓" : status === null ? "–" : "✗"} ${status ?? "did not run"}`;
  const wide = Math.max(...result.steps.map((step) => width(nameOf(step))));
  return [
    `${result.status.toUpperCase()}  ${day.title}`,
    result.why,
    ...(result.answers === "yes" ? ["Every go/no-go point was answered by --yes."] : []),
    "",
    ...result.steps
      .map(
        (step, index) =>
          `${index + 1}. ${padded(nameOf(step), wide)}  ` +
          `${word(step.asExpected, step.status).padEnd(14)}  ${oneLine(step.why)}`,
      )
      .map((line) => cut(line, columns)),
  ];
}

function nameOf({
  experiment,
  without,
}: {
  readonly experiment: string;
  readonly without: readonly string[];
}): string {
  return without.length === 0 ? experiment : `${experiment} −${without.join(",")}`;
}
