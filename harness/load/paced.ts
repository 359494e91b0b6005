/**
 * Replays a trace in k6: each iteration takes the next request of the schedule, waits for its
 * moment and sends it. One that cannot be sent in time, because no virtual user was free, is
 * dropped and counted. The script that the harness writes for k6 wraps such a load in this.
 */
import "./trace-context.ts";
import { sleep } from "k6";
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import { Counter } from "k6/metrics";
import { accounted } from "./accounted.ts";
import { numberAt } from "../trace/relative-number.ts";

/** k6's own metric, which counts here what its own executor cannot know. */
const dropped = new Counter("dropped_iterations");

/** So much later than intended, a request is no longer that of the trace. */
const lateMsMax = 250;

/** What the script of a load gets of one request. */
export interface Asked {
  readonly lane: string;
  readonly kind: string;
  /** What the pack calls the object. */
  readonly name?: string;
  readonly path: string;
  readonly number: number | null;
  /** The same for all requests of one session. */
  readonly session: string;
  /** Epoch ms. */
  readonly intendedMs: number;
}

/** As the harness says it in `SEAWALL_LOAD`. */
export interface PacedSettings {
  /** Where its requests are, one JSON array a line. */
  readonly file: string;
  readonly lane: string;
  readonly objects: readonly ({
    readonly kind: string;
    readonly path: string;
    readonly name?: string;
  } | null)[];
  /** Null where numbers are absolute. */
  readonly rhythm: { readonly ms: number; readonly zeroMs: number } | null;
}

type Row = readonly [dueMs: number, object: number, number: number | null, session: string];

/** `name`: of the load; `at`: the index of the setup data of its own script. */
export function paced(
  name: string,
  { file, lane, objects, rhythm }: PacedSettings,
  run: (data: unknown, asked: Asked) => unknown,
  at: number,
): (data?: readonly unknown[]) => unknown {
  // One copy for all virtual users, of which each reads one row at a time.
  const rows = new SharedArray(name, () =>
    open(file)
      .split("\n")
      .filter((line) => line !== ""),
  ) as readonly string[];
  return (data) => {
    const [dueMs, object, number, session] = JSON.parse(
      rows[exec.scenario.iterationInTest] as string,
    ) as Row;
    const beganMs = exec.scenario.startTime;
    const intendedMs = beganMs + dueMs;
    sleep(Math.max(0, intendedMs - Date.now()) / 1000);
    const lateMs = Date.now() - intendedMs;
    if (lateMs > lateMsMax) {
      dropped.add(1);
      return undefined;
    }
    const { kind, path, name: called } = objects[object] ?? { kind: "", path: "/" };
    const own =
      number === null ? null : rhythm === null ? number : numberAt(number, beganMs, rhythm);
    const asked = {
      lane,
      kind,
      ...(called === undefined ? {} : { name: called }),
      path: own === null ? path : path.replace("{number}", String(own)),
      number: own,
      session,
      intendedMs,
    };
    return accounted((own) => run(own, asked), at, Math.max(0, lateMs))(data);
  };
}
