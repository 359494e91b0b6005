/**
 * Writes a synthetic log of an evening: two minutes of a live stream with a goal in the middle. It
 * is of no real people. The trace beside it was made of it:
 *
 *   node examples/replay/make-log.ts > evening.log
 *   ./seawall capture evening.log --out evening.trace.zst
 *   zstdcat evening.trace.zst > examples/replay/evening.trace
 */
const beganMs = Date.UTC(2026, 4, 30, 19, 0, 0);
const lastsMs = 120_000;
const segmentMs = 2_000;
/** Players of one event drift apart. */
const bunchMs = 900;
const usualViewers = 40;
const viewersAfterGoal = 120;
/** The goal, and how long the crowd takes to arrive. */
const goalMs = 60_000,
  rushMs = 6_000;
const renditions = ["v720", "v720", "v360"];

/** A small generator (Park and Miller, 1988): the same log each time. */
let state = 20_260_530;
function random(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

function line(atMs: number, viewer: number, path: string): Line {
  const at = new Date(beganMs + atMs).toISOString();
  const fields = {
    time: at,
    remote_addr: `198.51.100.${viewer % 250}`,
    request_method: "GET",
    request_uri: `${path}?token=${(viewer * 7_919).toString(36)}`,
    status: 200,
    http_user_agent: `Player/${viewer}`,
  };
  return { atMs, text: JSON.stringify(fields) };
}

const lines: Line[] = [];
for (let viewer = 0; viewer < viewersAfterGoal; viewer++) {
  const joinsMs = viewer < usualViewers ? 0 : goalMs + random() * rushMs;
  const ownMs = random() * bunchMs;
  const rendition = renditions[viewer % renditions.length] as string;
  const first = Math.ceil(joinsMs / segmentMs);
  for (let number = first; number * segmentMs + ownMs < lastsMs; number++) {
    // The segment before the one that is being made.
    const atMs = number * segmentMs + ownMs;
    for (const name of [rendition, "audio"])
      lines.push(
        line(atMs + random() * 40, viewer, `/live/final/${name}/${number - 1 + 500_000}.m4s`),
      );
  }
}
lines.sort((a, b) => a.atMs - b.atMs);
process.stdout.write(`${lines.map(({ text }) => text).join("\n")}\n`);
