/**
 * Shows on standard error which tools are being obtained: one live line on a terminal, otherwise
 * one line per new step.
 */

import { cut, painter, width } from "../system/terminal.ts";
import type { Progress } from "./sources/source.ts";

/** The part of a stream that this needs. */
export interface ProgressOutput {
  write(text: string): void;
  /** Erases the live line. */
  erase(): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

export interface ProgressDisplay extends Disposable {
  readonly progress: (progress: Progress) => void;
}

const refreshEveryMs = 250;

/** Writes nothing until a tool is being obtained. Disposal erases the live line. */
export function showProgress(output: ProgressOutput): ProgressDisplay {
  const steps = new Map<string, Progress>();
  const startMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    output.erase();
    output.write(
      painter(output.colour)(
        liveLine([...steps.values()], (performance.now() - startMs) / 1_000, output.columns),
        "dim",
      ),
    );
  };
  const progress = (now: Progress) => {
    const before = steps.get(now.tool);
    steps.set(now.tool, now);
    if (before?.step !== now.step) {
      output.erase();
      output.write(`${now.tool}: ${now.step}\n`);
    }
    if (now.step.startsWith("ready")) steps.delete(now.tool);
    if (output.isTerminal) timer ??= setInterval(draw, refreshEveryMs);
  };
  return {
    progress,
    [Symbol.dispose]() {
      if (timer === undefined) return;
      clearInterval(timer);
      output.erase();
    },
  };
}

/** The current steps, with equal width per tool: `12 s  k6 net/http · ffmpeg 31 of 84`. */
export function liveLine(steps: readonly Progress[], elapsedS: number, columns: number): string {
  const clock = `${elapsedS.toFixed(0)} s  `;
  const share = Math.floor((columns - 1 - width(clock)) / Math.max(1, steps.length)) - 3;
  const texts = steps.map(({ tool, step, detail }) =>
    cut(`${tool} ${detail ?? step}`, Math.max(8, share)),
  );
  return cut(clock + texts.join(" · "), columns - 1);
}
