/**
 * The timeline as a drawing without scripts: answers per second and lane, the faults behind them,
 * and notes at their moment.
 */
import type { DayEvent, DayStep } from "./day/day.ts";
import { formatCount } from "../phrases/format.ts";
import { markup, type Markup } from "../report/markup.ts";
import { scrolling } from "../report/page/parts.ts";

type SecondEvent = DayEvent & { readonly kind: "second" };
const outcomes = ["served", "late", "shed", "lost"] as const;
const wide = 1_000;
const tall = 90;
const laneGap = 26;
const pinRoom = 18;
const phaseRoom = 20;
const letter = 6.5;

/** Null if nothing was recorded: the step was skipped, or ended while it was held. */
export function tape(number: number, step: DayStep, events: readonly DayEvent[]): Markup | null {
  const seconds = events.filter(
    (event): event is SecondEvent => event.kind === "second" && !event.held,
  );
  const first = seconds[0],
    last = seconds.at(-1);
  if (first === undefined || last === undefined || last.runMs <= first.runMs) return null;
  const xOf = (runMs: number): number =>
    round((wide * (runMs - first.runMs)) / (last.runMs + 1_000 - first.runMs));
  const protectedFirst = step.classes.map(({ lane }) => lane);
  const recorded = seconds.flatMap((second) => Object.keys(second.lanes)).sort();
  const lanes = [
    ...new Set([...protectedFirst.filter((lane) => recorded.includes(lane)), ...recorded]),
  ];
  const pins = events
    .filter((event) => event.kind === "note")
    .flatMap((note, index) => {
      // A note has the day's time; the seconds have both times.
      const near = seconds.findLast((second) => second.atMs <= note.atMs);
      return near === undefined ? [] : [{ x: xOf(near.runMs), number: index + 1 }];
    });
  const height = pinRoom + lanes.length * (tall + laneGap) + phaseRoom;
  const windowSeconds = Math.max(1, Math.round(step.rhythmMs / 1_000));
  const label =
    `Answers per second by class (${lanes.join(", ")}) over the step; the run’s own report ` +
    "has the figures";
  const bodies = lanes.map((lane, index) =>
    laneOf(lane, seconds, xOf, pinRoom + index * (tall + laneGap), windowSeconds),
  );
  const drawing = markup`<svg viewBox="0 0 ${wide} ${height}" role="img" aria-label="${label}">
<rect class="paper" width="${wide}" height="${height}"/>
${bands(events, xOf, last.runMs + 1_000, height)}
${bodies}
${pins.map((pin) => pinMark(pin, height))}
</svg>`;
  const numbers = pins.length > 0 ? "; numbers are notes, in their order" : "";
  return markup`<figure class="tape">${scrolling(`Answers per second in step ${number}`, drawing)}
<figcaption class="soft">Answers a second; red behind it is a fault in force${numbers}.
<span class="key">${outcomes.map((one) => markup`<i class="${one}"></i> ${one} `)}</span>
</figcaption></figure>`;
}

function pinMark({ x, number }: { x: number; number: number }, height: number): Markup {
  return markup`<g class="pin"><path d="M${x} ${pinRoom}V${height}"/>
<circle cx="${x}" cy="9" r="8"/><text x="${x}" y="13" text-anchor="middle">${number}</text></g>`;
}

function bands(
  events: readonly DayEvent[],
  xOf: (runMs: number) => number,
  endMs: number,
  height: number,
): Markup {
  const saw = events.filter((event) => event.kind === "saw");
  const phases = saw.flatMap(({ seen, runMs }) =>
    seen.what === "phase" && seen.phase !== "drain"
      ? [{ phase: seen.phase === "leadIn" ? "lead-in" : seen.phase, runMs }]
      : [],
  );
  const faults = saw.flatMap(({ seen, runMs }) =>
    seen.what === "injected" && seen.evidence.landed
      ? [
          {
            fromMs: runMs,
            untilMs:
              saw.find((one) => one.seen.what === "healed" && one.seen.index === seen.index)
                ?.runMs ?? endMs,
          },
        ]
      : [],
  );
  const struck = faults.map(({ fromMs, untilMs }) => {
    const width = round(Math.max(2, xOf(untilMs) - xOf(fromMs)));
    return markup`<rect class="struck" x="${xOf(fromMs)}" y="${pinRoom}" width="${width}"
  height="${height - pinRoom}"/>`;
  });
  const starts = phases.map(({ phase, runMs }, index) => {
    const [at, next] = [Math.max(0, xOf(runMs)), xOf(phases[index + 1]?.runMs ?? endMs)];
    const name = markup`<text class="phase-at" x="${at + 4}" y="${height - 6}">${phase}</text>`;
    const fits = next - at >= phase.length * letter + 4;
    return markup`<path class="border" d="M${xOf(runMs)} ${pinRoom}V${height}"/>
${fits ? name : null}`;
  });
  return markup`${struck}\n${starts}`;
}

function laneOf(
  lane: string,
  seconds: readonly SecondEvent[],
  xOf: (runMs: number) => number,
  top: number,
  windowSeconds: number,
): Markup {
  const stack = seconds.map((second, index) => {
    const window = seconds.slice(Math.max(0, index - windowSeconds + 1), index + 1);
    return {
      x: xOf(second.runMs),
      counts: outcomes.map(
        (outcome) =>
          window.reduce((sum, one) => sum + (one.lanes[lane]?.[outcome] ?? 0), 0) / window.length,
      ),
    };
  });
  const most = Math.max(1, ...stack.map(({ counts }) => counts.reduce((a, b) => a + b, 0)));
  const yOf = (value: number): number => round(top + laneGap - 6 + tall * (1 - value / most));
  const below = (counts: readonly number[], until: number): number =>
    counts.slice(0, until).reduce((a, b) => a + b, 0);
  const points = (until: number): string[] =>
    stack.map(({ x, counts }) => `${x} ${yOf(below(counts, until))}`);
  const areas = outcomes.flatMap((outcome, at) => {
    if (stack.every(({ counts }) => counts[at] === 0)) return [];
    const outline = [...points(at + 1), ...points(at).toReversed()].join("L");
    return [markup`<path class="fills ${outcome}" d="M${outline}Z"/>`];
  });
  const label = `${lane}, up to ${formatCount(Math.round(most))} a second`;
  return markup`<text class="lane" x="2" y="${top + 12}">${label}</text>
${areas}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
