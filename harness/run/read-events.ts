/**
 * Parses the lines of events.ndjson: events, marks and the seal, and finds lines that do not follow
 * from the previous one.
 */
import { existsSync, readFileSync } from "node:fs";
import { runEventShape } from "../documents/run-event.ts";
import type { RunEvent } from "../record/events.ts";
import { files } from "./run-directory.ts";
import { linkOf, type Mark, markShape, type Seal, sealShape, unlinked } from "./seal.ts";

export interface ReadEvents {
  readonly events: readonly RunEvent[];
  readonly marks: readonly Mark[];
  readonly seal: Seal | null;
}

/** A record with more damage than this is described by its first problems. */
const saidMax = 5;
/** A month: timers, and thus phases, are limited to 24.8 days. */
const runMsMax = 31 * 86_400_000;

export function readEvents(path: string, planHash: string, damage: string[]): ReadEvents {
  const reading = new Reading(planHash);
  if (!existsSync(path)) damage.push(`${files.events} is missing`);
  else reading.lines(linesOf(path, damage));
  reading.dropStrays();
  damage.push(...reading.problems());
  return reading;
}

function linesOf(path: string, damage: string[]): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    damage.push(`${files.events} cannot be read (${code})`);
    return [];
  }
}

class Reading implements ReadEvents {
  events: RunEvent[] = [];
  readonly marks: Mark[] = [];
  seal: Seal | null = null;
  readonly #planHash: string;
  readonly #problems: string[] = [];
  #link: string;
  #count = 0;
  #isLinked = false;
  readonly #linkless: number[] = [];

  constructor(planHash: string) {
    this.#planHash = planHash;
    this.#link = planHash;
  }

  lines(lines: readonly string[]): void {
    for (const [index, line] of lines.entries())
      if (line !== "") this.#line(line, index, lines.length);
  }

  /** Drops events with a time far from all others, which would stretch every window. */
  dropStrays(): void {
    const times = this.events.map(({ atMs }) => atMs).sort((a, b) => a - b);
    const middleMs = times[times.length >> 1] ?? 0;
    const near = this.events.filter(({ atMs }) => Math.abs(atMs - middleMs) <= runMsMax);
    const strays = this.events.length - near.length;
    if (strays > 0) this.#problems.push(`${strays} events lie further apart than any run lasts`);
    this.events = near;
  }

  problems(): string[] {
    const linked = this.#isLinked;
    // A record without any links has an earlier format, which is reported once.
    const inserted = linked
      ? this.#linkless.map((at) => `line ${at} of ${files.events} was not written by the run`)
      : [];
    const all = [...inserted, ...this.#problems];
    const text =
      all.length <= saidMax ? all : [...all.slice(0, saidMax), `and ${all.length - saidMax} more`];
    return [...text, ...this.#sealProblems(linked)];
  }

  #sealProblems(linked: boolean): string[] {
    if (this.#count === 0) return [];
    if (this.seal === null) {
      return [
        linked
          ? "the record is not sealed: the harness ended too early, or the end is lost"
          : "the record is not sealed: an earlier version of Seawall wrote it",
      ];
    }
    const { plan, events } = this.seal;
    const before = this.#count - 1;
    return [
      ...(plan === this.#planHash ? [] : [`${files.plan} is not the one of this run`]),
      ...(events === before
        ? []
        : [`${files.events} has ${before} lines before its seal, and ${events} were written`]),
    ];
  }

  #line(line: string, index: number, count: number): void {
    this.#count++;
    const at = index + 1;
    if (this.seal !== null)
      this.#problems.push(`line ${at} of ${files.events} comes after the seal`);
    const value = parsed(line);
    if (value === undefined) {
      this.#problems.push(
        index === count - 1
          ? `the last line of ${files.events} is cut off`
          : `line ${at} of ${files.events} is damaged`,
      );
      return;
    }
    this.#follow(line, at);
    this.#take(value, at);
  }

  /**
   * Each line is checked against the previous one as it is, so a single change is a single problem.
   */
  #follow(line: string, at: number): void {
    const parts = unlinked(line);
    if (parts === null) {
      this.#linkless.push(at);
      return;
    }
    this.#isLinked = true;
    // Whether the plan is the right one is known only after the seal is read.
    const isFirst = this.#link === this.#planHash;
    if (linkOf(this.#link, parts.body) !== parts.link) {
      this.#problems.push(
        isFirst
          ? `line ${at} of ${files.events} does not follow from ${files.plan}: one of them ` +
              "was changed, or lines were lost"
          : `line ${at} of ${files.events} does not follow from the line before it: a line ` +
              "was lost, moved or changed",
      );
    }
    this.#link = parts.link;
  }

  #take(value: unknown, at: number): void {
    const { link: _link, ...body } = value as Record<string, unknown>;
    const mark = markShape.safeParse(body);
    const seal = sealShape.safeParse(body);
    if (mark.success) this.marks.push(mark.data);
    else if (seal.success) this.seal = seal.data;
    else if (runEventShape.safeParse(body).success) this.events.push(body as unknown as RunEvent);
    else
      this.#problems.push(
        `line ${at} of ${files.events} is damaged, or no event that this version knows ` +
          `(${kindOf(body)})`,
      );
  }
}

function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(body: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(body["kind"] ?? null).slice(0, 40);
}
