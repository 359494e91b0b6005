/** The circumstances of a run: what a reader needs to repeat it, or to doubt it. */
import type { Run } from "../record/run.ts";
import { subjectOf } from "../record/subject.ts";
import { formatCount, formatDuration, formatValue } from "../phrases/format.ts";
import { tierText } from "../experiment/tiers.ts";
import { clip } from "./plain.ts";
import type { Load } from "../experiment/experiment.ts";

export interface Fact {
  readonly label: string;
  readonly value: string;
}

const factsMax = 80;

export function environmentOf(run: Run): Fact[] {
  const { plan } = run;
  const subject = subjectOf(plan);
  const started = run.events.find((event) => event.kind === "started");
  const facts: readonly (readonly [string, string])[] = [
    ["Experiment", `${plan.experiment} (tier ${tierText(plan.tier)})`],
    [
      "Target",
      `${plan.target}, topology ${plan.topology}: ` +
        `${counted(plan.services.map((service) => service.kind))}`,
    ],
    ...(subject === null ? [] : [["Tested", subject] as const]),
    ...(plan.targetVersion === undefined
      ? []
      : [["Version of the target", plan.targetVersion] as const]),
    ["Substrate", `${plan.substrate}: ${plan.substrateWhy}`],
    ["Seed", String(plan.seed)],
    ["Disabled defences", plan.without.length === 0 ? "nothing" : plan.without.join(", ")],
    ["Relies on", plan.reliesOn.join(", ") || "no specific defence"],
    [
      "Phases as planned",
      Object.entries(plan.phasesMs)
        .map(([phase, ms]) => `${phase} ${formatDuration(ms)}`)
        .join(", "),
    ],
    ...plan.load.map((load): [string, string] => [
      `Load: ${load.name}`,
      `${scriptOf(load.workload)}.${load.exec}, lane ${load.lane}; ${Object.entries(
        load.ratePerSecond,
      )
        .map(([phase, perSecond]) => `${phase} ${formatValue(perSecond, "/s")}`)
        .join(", ")}; ${formatCount(load.vus)} virtual users${replayText(load)}`,
    ]),
    ...(plan.facts ?? []).map(({ label, value }) => [label, value] as const),
    ...(started === undefined
      ? [["Machine", "not recorded"] as const]
      : [
          [
            "Machine",
            `${started.machine.cpuModel}, ${started.machine.cores} cores, ` +
              `${formatValue(started.machine.memoryBytes, "B")}, ${started.machine.platform}`,
          ] as const,
          ...Object.entries(started.versions).map(
            ([tool, version]) => [`Version of ${tool}`, version] as const,
          ),
        ]),
  ];
  return facts
    .slice(0, factsMax)
    .map(([label, value]) => ({ label: clip(label, 80), value: clip(value) }));
}

function replayText({ replay }: Load): string {
  if (replay === undefined) return "";
  const { trace, sha256, sends } = replay;
  return (
    `; replays ${scriptOf(trace)} (${sha256.slice(0, 12)}): ${formatCount(sends.requests)} ` +
    `requests of ${formatCount(sends.sessions)} sessions`
  );
}

/** A user's own script has an absolute path, of which only the end is shown. */
function scriptOf(workload: string): string {
  return workload.slice(workload.lastIndexOf("/") + 1);
}

/** Example: `2 front, 2 api`. */
function counted(kinds: readonly string[]): string {
  return [...Map.groupBy(kinds, (kind) => kind)]
    .map(([kind, all]) => `${all.length} ${kind}`)
    .join(", ");
}
