/**
 * The viewers, as a k6 script: each opens a session once, reads a playlist or a manifest, and gets
 * the newest segment in it. A player that is refused asks again, with more patience each time.
 */
import { sleep } from "k6";
import http from "k6/http";
import { Trend } from "k6/metrics";
import { loadSettings } from "seawall/k6";

// Without a run, plain `k6 run` asks an edge on this machine.
const { entries } = loadSettings({ entries: [{ name: "edge", url: "http://127.0.0.1:8080" }] });
const edge = entries[0]?.url ?? "";

/** From the wish for the newest segment until it is there, or given up. */
const segmentWait = new Trend("segment_wait", true);

/** A player holds three segments of 2 s. After a longer wait, its picture stands still. */
const patienceMs = 6_000;
const firstPauseMs = 200;
/** Without a limit, the last pause would outlast the buffer. */
const longestPauseMs = 1_000;

let token = "";

export function hls(): void {
  const rendition = Math.random() < 0.5 ? "hd" : "sd";
  watch("hls", `/hls/${rendition}.m3u8`, (playlist) => {
    const newest = playlist.trim().split("\n").at(-1);
    return newest === undefined || newest.startsWith("#") ? null : `/hls/${newest}`;
  });
}

export function dash(): void {
  watch("dash", "/dash/manifest.mpd", (manifest) => {
    const [, t, d, r] = /<S t="(\d+)" d="(\d+)" r="(\d+)"\/>/.exec(manifest) ?? [];
    return t === undefined ? null : `/dash/video/${Number(t) + Number(d) * Number(r)}.m4s`;
  });
}

function watch(lane: string, list: string, newestIn: (text: string) => string | null): void {
  const beganMs = Date.now();
  const isOver = (): boolean => Date.now() - beganMs > patienceMs;
  let isServed = false;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    isServed = tried(lane, list, newestIn);
    if (isServed || isOver()) break;
    // Players that were refused at the same moment come back at different ones.
    sleep((pauseMs * (0.5 + Math.random())) / 1_000);
  }
  const outcome = isServed && !isOver() ? "served" : "lost";
  segmentWait.add(Date.now() - beganMs, { lane, outcome });
}

function tried(lane: string, list: string, newestIn: (text: string) => string | null): boolean {
  const params = { tags: { lane }, timeout: 4_000 };
  if (token === "") {
    const opened = http.post(`${edge}/session`, null, params);
    if (opened.status !== 201) return false;
    token = String(opened.json("token"));
  }
  const listed = http.get(`${edge}${list}?token=${token}`, params);
  const path = listed.status === 200 ? newestIn(String(listed.body)) : null;
  if (path === null) {
    // A session that has ended is opened again.
    if (listed.status === 401) token = "";
    return false;
  }
  const segment = http.get(`${edge}${path}?token=${token}`, params);
  return segment.status === 200 && String(segment.body).length > 1_000;
}
