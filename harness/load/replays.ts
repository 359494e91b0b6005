/** The files that k6 reads of replayed traces, and the moment at which such a load may begin. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { untilTurnMs } from "../record/arrivals.ts";
import type { Clock } from "../target/deployment.ts";
import type { LoadRequest } from "./generator.ts";
import type { PacedSettings } from "./paced.ts";

export interface WrittenReplays {
  readonly settings: Readonly<Record<string, PacedSettings>>;
  /** Waits until a replay that is relative may begin: less than one period of the target. */
  readonly turn: () => Promise<void>;
  /** Call this after the load: the record has what was sent. */
  readonly remove: () => void;
}

export function writeReplays(
  { plan, replays, logsDirectory }: LoadRequest,
  clock: Clock,
): WrittenReplays {
  const settings: Record<string, PacedSettings> = {};
  for (const { name, lane, replay } of plan.load) {
    if (replay === undefined) continue;
    const file = join(logsDirectory, `replay-${name}.ndjson`);
    const lines = (replays?.get(name) ?? []).map(({ dueMs, object, number, session }) =>
      JSON.stringify([dueMs, object, number, session]),
    );
    writeFileSync(file, `${lines.join("\n")}\n`);
    const { rhythm } = plan;
    settings[name] = {
      file,
      lane,
      objects: replay.objects.map((one) => (one === null ? null : withoutUndefined(one))),
      rhythm:
        replay.relative && rhythm !== undefined ? { ms: rhythm.ms, zeroMs: rhythm.zeroMs } : null,
    };
  }
  const turn = async (): Promise<void> => {
    const waitMs = untilTurnMs(plan, clock.nowMs());
    if (waitMs > 0) await clock.sleep(waitMs);
  };
  const remove = (): void => {
    for (const { file } of Object.values(settings)) rmSync(file, { force: true });
  };
  return { settings, turn, remove };
}

function withoutUndefined({
  name,
  ...one
}: {
  readonly kind: string;
  readonly path: string;
  readonly name?: string | undefined;
}): NonNullable<PacedSettings["objects"][number]> {
  return name === undefined ? one : { ...one, name };
}
