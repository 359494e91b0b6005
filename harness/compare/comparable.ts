/**
 * Decides which runs may be compared: any difference besides the change under test would look like
 * its effect.
 */
import type { Verdict } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import { isVirtual } from "../record/substrates.ts";

export interface Comparability {
  /** Reasons why a comparison would be meaningless. */
  readonly refused: readonly string[];
  /** Reservations that are shown next to every number. */
  readonly marked: readonly string[];
  /** Runs of different machines: their verdicts are comparable, their figures are not. */
  readonly otherMachine: boolean;
}

/** `sides`: the baseline first. */
export function comparability(sides: readonly (readonly Run[])[]): Comparability {
  const all = sides.flat();
  const twice = sides.flatMap((side, index) =>
    sameRunTwice(side).map((why) => `side ${sideName(index)}: ${why}`),
  );
  return {
    refused: [
      ...(sides.length < 2 || sides.some((side) => side.length === 0)
        ? ["a side has no runs"]
        : []),
      ...twice,
      ...differing("the experiment", (run) => run.plan.experiment, all),
      ...differing("the target", (run) => run.plan.target, all),
      ...differing("the topology", (run) => run.plan.topology, all),
      ...differing("the substrate", (run) => run.plan.substrate, all),
      ...differing(
        "the load",
        (run) =>
          JSON.stringify(
            run.plan.load.map(({ name, ratePerSecond, replay }) => [
              name,
              ratePerSecond,
              ...(replay === undefined ? [] : [`trace ${replay.sha256.slice(0, 12)}`]),
            ]),
          ),
        all,
      ),
      ...differing("the length of the phases", (run) => JSON.stringify(run.plan.phasesMs), all),
      ...differing("what is broken", (run) => JSON.stringify(run.plan.steps), all),
      ...all
        .filter((run) => !run.events.some((event) => event.kind === "phase"))
        .map((run) => `${run.id} never reached a phase`),
    ],
    otherMachine: new Set(all.map(machineOf)).size > 1,
    marked: [
      ...differing("the machine", machineOf, all).map(
        (text) => `${text}: figures of different machines do not compare; only verdicts do`,
      ),
      ...sides.flatMap((side, index) =>
        differing(`side ${sideName(index)}: the set of disabled defences`, defencesOf, side),
      ),
      ...differing(
        "the set of disabled defences",
        defencesOf,
        sides.flatMap((side) => side.slice(0, 1)),
      ),
      ...differing("the script of a load", scriptsOf, all),
      ...differing("the version of k6", (run) => versionOf(run, "k6"), all),
      ...sides.flatMap((side, index) =>
        differing(
          `side ${sideName(index)}: the version of Seawall`,
          (run) => versionOf(run, "seawall"),
          side,
        ),
      ),
      ...shared(sides),
      ...all
        .filter((run) => run.damage.length > 0)
        .map((run) => `${run.id} is damaged: ${run.damage[0]}`),
      ...all
        .filter((run) => run.events.some((event) => event.kind === "aborted"))
        .map((run) => `${run.id} was ended early`),
    ],
  };
}

/** A is the baseline; B, C, … are the others. */
export function sideName(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + Math.min(index, 25));
}

function differing(what: string, of: (run: Run) => string, between: readonly Run[]): string[] {
  const values = [...new Set(between.map(of))];
  return values.length < 2 ? [] : [`${what} differs: ${values.slice(0, 4).join(" / ")}`];
}

/**
 * A run that counts twice makes the result look more certain than it is. A copy in another folder
 * is the same run.
 */
function sameRunTwice(side: readonly Run[]): string[] {
  const twice = side
    .filter((run, index) => side.findIndex((other) => other.id === run.id) < index)
    .map((run) => `${run.id} occurs twice`);
  const seeds = new Set<number>();
  const again = side.filter(
    ({ plan: { substrate, seed } }) =>
      isVirtual(substrate) && (seeds.has(seed) || !seeds.add(seed)),
  );
  return [
    ...twice,
    ...(twice.length > 0
      ? []
      : again.map(
          (run) =>
            `${run.id} repeats another run: on the simulated substrate a seed gives the same run`,
        )),
  ];
}

function shared(sides: readonly (readonly Run[])[]): string[] {
  const [a = [], ...others] = sides;
  const ids = new Set(a.filter((run) => run.directory !== "/nowhere").map((run) => run.id));
  return others.flatMap((side, index) =>
    side
      .filter((run) => ids.has(run.id) && run.directory !== "/nowhere")
      .map((run) => `${run.id} is on side A and on side ${sideName(index + 1)}`),
  );
}

function machineOf(run: Run): string {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind === "started"
    ? `${started.machine.platform}, ${started.machine.cores} × ${started.machine.cpuModel}, ` +
        `${Math.round(started.machine.memoryBytes / 2 ** 30)} GiB`
    : "unknown";
}

function versionOf(run: Run, tool: string): string {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind === "started" ? (started.versions[tool] ?? "none") : "unknown";
}

/** Where each lies may differ from machine to machine. */
function scriptsOf({ plan: { scripts = {} } }: Run): string {
  return Object.values(scripts).join(", ") || "none";
}

function defencesOf(run: Run): string {
  return run.plan.without.length === 0 ? "none" : [...run.plan.without].sort().join(", ");
}

export interface JudgedRun {
  readonly run: Run;
  readonly verdict: Verdict;
}
