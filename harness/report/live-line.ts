/** One line with the state of a run: rewritten in place on a terminal, appended elsewhere. */
import { formatDuration, formatValue } from "../phrases/format.ts";
import { cut, painter } from "../system/terminal.ts";
import { oneLine } from "./plain.ts";

export interface LiveState {
  /** `deploying`, `baseline`, `undoing`: the current activity. */
  readonly phase: string;
  /** Null if unknown. */
  readonly phaseLeftMs: number | null;
  readonly requestsPerSecond: number;
  /** `live served`; null if the target declares no harm metric. */
  readonly goodPerSecond: { readonly what: string; readonly value: number } | null;
  /** Requests shed so far, by lane. */
  readonly shedByLane: Readonly<Record<string, number>>;
  /** Requests that failed so far. */
  readonly failed: number;
  readonly note: string;
}

export interface LiveLineOptions {
  readonly columns: number;
  readonly colour: boolean;
  readonly isTerminal: boolean;
}

/**
 * On a terminal the text has no line end and replaces the previous one; elsewhere it is a complete
 * line.
 */
export function renderLiveLine(
  state: LiveState,
  { columns, colour, isTerminal }: LiveLineOptions,
): string {
  const paint = painter(colour);
  const phase = oneLine(state.phase);
  const rest = parts(state).join(" · ");
  if (!isTerminal) return `${paint(phase, "bold")}${rest === "" ? "" : ` · ${rest}`}\n`;
  // The last column stays empty, because some terminals wrap after it.
  const line = cut(rest === "" ? phase : `${phase} · ${rest}`, Math.max(1, columns - 1));
  const bold = cut(phase, Math.max(1, columns - 1));
  return line.startsWith(bold) ? paint(bold, "bold") + line.slice(bold.length) : line;
}

function parts({
  phaseLeftMs,
  requestsPerSecond,
  goodPerSecond,
  shedByLane,
  failed,
  note,
}: LiveState): string[] {
  const shed = Object.entries(shedByLane).filter(([, count]) => count > 0);
  const loaded = requestsPerSecond > 0 || (goodPerSecond?.value ?? 0) > 0;
  return [
    ...(phaseLeftMs === null
      ? []
      : [`${formatDuration(Math.max(0, Math.ceil(phaseLeftMs / 1000) * 1000))} left`]),
    ...(loaded
      ? [
          `${perSecond(requestsPerSecond)} requests`,
          ...(goodPerSecond === null
            ? []
            : [`${perSecond(goodPerSecond.value)} ${oneLine(goodPerSecond.what)}`]),
        ]
      : []),
    ...(shed.length === 0
      ? []
      : [
          `shed ${shed
            .map(([lane, count]) => `${oneLine(lane)} ${formatValue(count, "")}`)
            .join(", ")}`,
        ]),
    ...(failed > 0 ? [`failed ${formatValue(failed, "")}`] : []),
    ...(note === "" ? [] : [oneLine(note)]),
  ];
}

/** Whole numbers, because flickering digits carry no information. */
function perSecond(value: number): string {
  return formatValue(value >= 999.5 ? value : Math.round(value), "/s");
}
