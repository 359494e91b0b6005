/**
 * The verdict for continuous integration. A suite is an experiment, a case is a claim in a phase.
 * Many consumers treat `skipped` as success, so an inconclusive run also has a case "verdict" with
 * an error.
 *
 * The format is that of Jenkins' xUnit plugin (junit-10.xsd), which skips an invalid file.
 * Properties are allowed only in a suite, and details of a case go into its `system-out`.
 */
import type { Finding, Verdict } from "../record/verdict.ts";
import type { Plan } from "../record/plan.ts";
import { claimRow } from "./claim-rows.ts";
import { markup, type Markup } from "./markup.ts";
import { clip } from "./plain.ts";

export interface Case {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failure" | "error" | "skipped";
  readonly message: string;
  readonly properties: readonly (readonly [string, string])[];
}

/** One judged run, and other results about it. */
export interface RunInJunit {
  readonly verdict: Verdict;
  readonly plan: Plan;
  readonly more?: readonly Pick<Case, "name" | "outcome" | "message">[];
}

/** What closed a gate without a run of its own; every consumer shows it as an error. */
export interface Unjudged {
  readonly suite: string;
  /** `not run`, `baseline`. */
  readonly name: string;
  readonly message: string;
}

export function renderJunit(...runs: readonly (RunInJunit | Unjudged)[]): string {
  const suites = runs.map((run) => ("verdict" in run ? suiteOf(run) : unjudgedSuite(run)));
  const all = suites.flatMap(({ cases }) => cases);
  const total = suites.reduce((sum, suite) => sum + suite.seconds, 0);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="seawall" ${countsOf(all)} time="${secondsText(total)}">
${suites.map(({ text }) => text)}</testsuites>
`.text;
}

function countsOf(cases: readonly Case[]): Markup {
  const [failures, errors] = [numberOf(cases, "failure"), numberOf(cases, "error")];
  return markup`tests="${cases.length}" failures="${failures}" errors="${errors}"`;
}

/** Digits, with at most three decimals. */
function secondsText(seconds: number): string {
  return Number.isFinite(seconds) && seconds > 0 ? seconds.toFixed(3).replace(/\.?0+$/, "") : "0";
}

function numberOf(cases: readonly Case[], outcome: Case["outcome"]): number {
  return cases.filter((one) => one.outcome === outcome).length;
}

function suiteOf({ verdict, plan, more = [] }: RunInJunit): Suite {
  const suite = clip(
    verdict.without.length === 0
      ? verdict.experiment
      : `${verdict.experiment} (control without ${verdict.without.join(", ")})`,
  );
  const cases = [
    verdictCase(verdict),
    ...trouble(verdict),
    ...verdict.findings.map((finding) => findingCase(finding, plan)),
    ...more.map((one) => ({ ...one, seconds: 0, properties: [] })),
  ];
  const seconds = Object.values(plan.phasesMs).reduce((sum, ms) => sum + ms, 0) / 1000;
  const properties: readonly (readonly [string, string])[] = [
    ["run", verdict.runId],
    ["status", verdict.status],
    ["seed", String(verdict.seed)],
    ["without", verdict.without.join(",")],
    ["tier", plan.tier],
    ["target", plan.target],
    ["topology", plan.topology],
    ["substrate", plan.substrate],
    ["rerun", verdict.rerun],
  ];
  return suiteText(suite, cases, seconds, properties);
}

interface Suite {
  readonly cases: readonly Case[];
  readonly seconds: number;
  readonly text: Markup;
}

function suiteText(
  name: string,
  cases: readonly Case[],
  seconds: number,
  properties: Case["properties"],
): Suite {
  const counts = markup`${countsOf(cases)} skipped="${numberOf(cases, "skipped")}"`;
  const text = markup`  <testsuite name="${name}" ${counts} time="${secondsText(seconds)}">
${propertiesOf(properties)}${cases.map((one) => caseOf(one, name))}  </testsuite>
`;
  return { cases, seconds, text };
}

function unjudgedSuite({ suite, name, message }: Unjudged): Suite {
  return suiteText(
    clip(suite),
    [{ name: clip(name), seconds: 0, outcome: "error", message, properties: [] }],
    0,
    [],
  );
}

function verdictCase({ status, why }: Verdict): Case {
  const outcome = { held: "passed", refuted: "failure", inconclusive: "error" } as const;
  return {
    name: "verdict",
    seconds: 0,
    outcome: outcome[status],
    message: `${status}: ${why}`,
    properties: [["status", status]],
  };
}

/** Problems of the harness, not of its target. */
function trouble({ aborted, cleanup }: Verdict): Case[] {
  const error = (name: string, message: string): Case => ({
    name,
    seconds: 0,
    outcome: "error",
    message,
    properties: [],
  });
  return [
    ...(aborted === null
      ? []
      : [error("run to the end", `aborted (${aborted.reason}): ${aborted.detail}`)]),
    ...(cleanup.status === "incomplete"
      ? [error("cleanup", `left behind: ${cleanup.left.join(", ")}`)]
      : []),
    ...(cleanup.status === "unknown"
      ? [error("cleanup", "not recorded; see what is left with `seawall recover`")]
      : []),
  ];
}

function findingCase(finding: Finding, plan: Plan): Case {
  const row = claimRow(finding);
  const outcome = { held: "passed", refuted: "failure", inconclusive: "skipped" } as const;
  const figures =
    finding.observed === null
      ? ""
      : ` (observed ${row.observed}, limit ${row.limit}, ${row.samples} samples)`;
  const properties: readonly (readonly [string, string | number | null])[] = [
    ["title", row.title],
    ["kind", finding.kind],
    ["phase", finding.phase],
    ["observed", finding.observed],
    ["comparison", finding.comparison],
    ["limit", finding.limit],
    ["unit", finding.unit || null],
    ["samples", finding.samples],
  ];
  return {
    // Consumers track a case from run to run by its name, so it uses the id: a title may change.
    name: finding.phase === null ? row.id : `${row.id} [${finding.phase}]`,
    seconds: finding.phase === null ? 0 : plan.phasesMs[finding.phase] / 1000,
    outcome: outcome[finding.status],
    message: `${row.title}: ${row.why}${figures}`,
    properties: properties.flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value)] as const],
    ),
  };
}

function caseOf({ name, seconds, outcome, message, properties }: Case, suite: string): Markup {
  const clipped = clip(message, 1000);
  const result = {
    passed: markup``,
    failure: markup`      <failure type="refuted" message="${clipped}">${clipped}</failure>\n`,
    error: markup`      <error type="seawall" message="${clipped}">${clipped}</error>\n`,
    skipped: markup`      <skipped message="${clipped}"/>\n`,
  }[outcome];
  const known = properties
    .map(([property, value]) => `${property}: ${clip(value, 1000)}`)
    .join("\n");
  const output = known === "" ? markup`` : markup`      <system-out>${known}</system-out>\n`;
  const attributes = markup`name="${clip(name, 1000)}" classname="seawall.${suite}"`;
  const head = markup`<testcase ${attributes} time="${secondsText(seconds)}">`;
  return markup`    ${head}\n${result}${output}    </testcase>\n`;
}

function propertiesOf(properties: Case["properties"]): Markup {
  if (properties.length === 0) return markup``;
  const lines = properties.map(
    ([name, value]) => markup`      <property name="${name}" value="${clip(value, 1000)}"/>\n`,
  );
  return markup`    <properties>\n${lines}    </properties>\n`;
}
