/** One stream's answers, for viewers in k6 and in virtual time. */
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import { endOf } from "../../../targets/live-streaming/pack/viewer/audience.ts";
import { drive } from "../../../targets/live-streaming/pack/viewer/drive.ts";
import { type Recorded, Session } from "../../../targets/live-streaming/pack/viewer/session.ts";
import { bandwidths, host, type MadeUp, segmentMs } from "./made-up-streams.ts";

export const timetable = {
  leadInMs: 0,
  phasesMs: { baseline: 6_000, fault: 10_000, recovery: 2_000 },
};
const quickMs = 5,
  slowMs = 900,
  /** 5 Mbit/s, and then 2, where the top rendition has 3. */
  bytesPerMs = 625,
  thinBytesPerMs = 250;

export interface Fate {
  readonly status: number;
  readonly text: string | null;
  readonly firstByteMs: number;
  readonly bytes: number;
  readonly bodyMs: number;
}

/** What becomes of a request, in k6 and in the model alike. `zeroMs`: when the test began. */
export function fateOf(stream: MadeUp, path: string, nowMs: number, zeroMs: number): Fate {
  const text = stream.textAt(host + path, nowMs);
  const number = Number(/\/(\d+)\.m4s$/.exec(path)?.[1] ?? Number.NaN);
  const since = number - Math.floor(zeroMs / segmentMs);
  const top = bandwidths.at(-1) ?? 0;
  const isMissing = since === 2 && !path.includes("96000") && !path.includes("sound");
  const bandwidth = Number(/[v/](\d{6,})\//.exec(path)?.[1] ?? 96_000);
  const bytes = Number.isNaN(number) ? 500 : (bandwidth * segmentMs) / 8_000;
  const isThin = bandwidth === top && since >= 4;
  return {
    status: text === undefined || (isMissing && nowMs < zeroMs + 8_000) ? 404 : 200,
    text: text ?? null,
    firstByteMs: since === 0 ? slowMs : quickMs,
    bytes,
    bodyMs: Number.isNaN(number) ? 0 : bytes / (isThin ? thinBytesPerMs : bytesPerMs),
  };
}

/** Requests by track and kind, in order: what they are for, and of which rendition. */
export type Asked = Readonly<Record<string, readonly string[]>>;

export function byTrack(paths: readonly string[]): Asked {
  const trackOf = (path: string): string =>
    (/96000|sound/.test(path) ? "audio" : /\/v/.test(path) ? "video" : "stream") +
    (path.endsWith("media.m3u8") ? "-playlist" : "");
  return Object.fromEntries(
    Object.entries(Object.groupBy(paths, trackOf)).map(([track, own]) => [track, own ?? []]),
  );
}

export async function inVirtualTime(
  stream: MadeUp,
  zeroMs: number,
): Promise<{ readonly asked: readonly string[]; readonly recorded: readonly Recorded[] }> {
  const clock = new VirtualClock(zeroMs);
  const asked: string[] = [];
  const recorded: Recorded[] = [];
  const session = new Session({
    url: stream.url,
    audience: {},
    startMs: zeroMs,
    endMs: endOf(timetable, zeroMs),
    draw: () => 0.5,
  });
  drive(session, {
    nowMs: () => clock.nowMs(),
    after: (ms, run) => void clock.after(ms, run),
    record: (one) => void recorded.push(one),
    over: () => {},
    send: ({ url }, answered) => {
      const path = url.slice(host.length);
      asked.push(path);
      const askedMs = clock.nowMs();
      const { status, text, bytes, firstByteMs, bodyMs } = fateOf(stream, path, askedMs, zeroMs);
      clock.after(firstByteMs + bodyMs, () =>
        answered({
          status,
          askedMs,
          firstByteMs: askedMs + firstByteMs,
          endMs: askedMs + firstByteMs + bodyMs,
          bytes: status === 200 ? (text?.length ?? bytes) : 0,
          ...(text !== null && status === 200 ? { text } : {}),
        }),
      );
    },
  });
  await clock.until(clock.sleep(60_000));
  return { asked, recorded };
}
