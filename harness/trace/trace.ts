/**
 * The trace: what production was asked for and when, without anything of who asked. It is text in
 * zstd: a first line with the format, objects (`@…`), requests, and a last line (`=…`) that says
 * what the trace holds. A trace without its last line was cut off.
 */
import { z } from "zod";
import type { Frozen, Same } from "../base/frozen.ts";

/** One kind of address: all requests that differ only in their number. */
export interface TraceObject {
  /** Such as `playlist`, in the words of the pack; `kept` for one that the user lets through. */
  readonly kind: string;
  /** `{number}` marks the number. `~1`, `~2`, … replace words that are unknown, `~` any. */
  readonly path: string;
}

export interface TraceRow {
  /** In ms after the first request of the trace. */
  readonly atMs: number;
  /** The index of its object. */
  readonly object: number;
  /** Null for an object without one. */
  readonly number: number | null;
  /** Random letters and digits, the same for all requests of one session. */
  readonly session: string;
  /** The status of the answer; 0 if the log does not say. */
  readonly status: number;
}

/** Lines that did not become requests, by reason. */
export interface LeftOut {
  readonly broken: number;
  readonly tooLong: number;
  readonly late: number;
  readonly strayTime: number;
  readonly otherMethod: number;
  readonly otherPath: number;
  readonly tooManyObjects: number;
  readonly numberTooFar: number;
}

export interface TraceSummary {
  readonly format: "seawall-trace/1";
  /** `relative`: numbers count from the first one of the trace, which is thrown away. */
  readonly numbers: "relative" | "absolute";
  /** The coarsest clock of the logs in ms; requests are spread over that time. */
  readonly clockMs: number;
  readonly lines: number;
  readonly requests: number;
  /** Counted in bounded memory: about 1 % off. */
  readonly sessions: number;
  readonly spanMs: number;
  readonly peakPerSecond: number;
  /** Requests by kind of object. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly leftOut: LeftOut;
  /** Lines that are in the trace although some of their bytes are not UTF-8. */
  readonly otherEncoding: number;
  /** Inputs that ended in the middle, such as a gzip file that was cut off. */
  readonly cutOff: number;
}

const count = z.number().int().nonnegative();

export const traceShape = z.object({
  format: z.literal("seawall-trace/1"),
  numbers: z.enum(["relative", "absolute"]).meta({
    description: "relative: numbers count from the first one of the trace, which is thrown away",
  }),
  clockMs: z.number().positive().meta({
    description: "the coarsest clock of the logs; requests are spread over that time",
  }),
  lines: count.meta({ description: "that were read, in all inputs" }),
  requests: count,
  sessions: count.meta({ description: "counted in bounded memory: about 1 % off" }),
  spanMs: count,
  peakPerSecond: count,
  kinds: z.record(z.string(), count).meta({ description: "requests by kind of object" }),
  leftOut: z
    .object({
      broken: count,
      tooLong: count,
      late: count,
      strayTime: count,
      otherMethod: count,
      otherPath: count,
      tooManyObjects: count,
      numberTooFar: count,
    })
    .meta({ description: "lines that did not become requests, by reason" }),
  otherEncoding: count.meta({
    description: "lines that became requests although some of their bytes are not UTF-8",
  }),
  cutOff: count.meta({ description: "inputs that ended in the middle" }),
});
true satisfies Same<TraceSummary, Frozen<z.infer<typeof traceShape>>>;

export const traceHead = "# seawall-trace/1: @object, or ms,object,number,session,status; =summary";

export function objectLine({ kind, path }: TraceObject): string {
  return `@${JSON.stringify({ kind, path })}`;
}

export function rowLine({ atMs, object, number, session, status }: TraceRow): string {
  return `${atMs},${object},${number ?? ""},${session},${status}`;
}

export function summaryLine(summary: TraceSummary): string {
  return `=${JSON.stringify(summary)}`;
}

const objectShape = z.object({ kind: z.string().min(1), path: z.string().startsWith("/") });
const row = /^(\d{1,15}),(\d{1,6}),(-?\d{1,15})?,([a-z0-9]{1,32}),(\d{1,3})$/;

/** What one line of a trace says; null for one that it cannot have. */
export type TraceLine =
  | { readonly head: true }
  | { readonly object: TraceObject }
  | { readonly row: TraceRow }
  | { readonly summary: TraceSummary };

export function parseTraceLine(text: string): TraceLine | null {
  if (text === traceHead) return { head: true };
  if (text.startsWith("@")) {
    const { data } = objectShape.safeParse(jsonOf(text.slice(1)));
    return data === undefined ? null : { object: data };
  }
  if (text.startsWith("=")) {
    const { data } = traceShape.safeParse(jsonOf(text.slice(1)));
    return data === undefined ? null : { summary: data };
  }
  const match = row.exec(text);
  if (match === null) return null;
  const [, at, object, number, session, status] = match;
  return {
    row: {
      atMs: Number(at),
      object: Number(object),
      number: number === undefined ? null : Number(number),
      session: session as string,
      status: Number(status),
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
