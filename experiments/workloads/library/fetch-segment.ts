/** How a player fetches one segment: it asks again after an error, as it is told to, until its buffer would run dry. */
import { sleep } from "k6";
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { settings } from "./settings.ts";

/** A viewer's wait for one segment in ms, from the moment it meant to ask. */
const segmentMs = new Trend("segment_ms", true);

/** Iterations whose time was over before their first request: the generator stood still, and the target was never asked. */
const unasked = new Counter("unasked_iterations");

export interface Wish {
  readonly lane: "live" | "dvr";
  readonly edge: { readonly name: string; readonly url: string };
  readonly rendition: string;
  readonly number: number;
  /** Epoch ms. */
  readonly intendedMs: number;
  /** From then on the segment is of no use, in ms after `intendedMs`. */
  readonly deadlineMs: number;
}

/** Between attempts when the answer gives no advice: a quarter second, as a 404 flips within tens of milliseconds of publication. */
const retryMs = 250;

export function fetchSegment(wish: Wish): void {
  const { stream } = settings;
  const path = stream.segmentPath.replace("{event}", stream.event).replace("{rendition}", wish.rendition).replace("{number}", String(wish.number));
  const giveUpMs = wish.intendedMs + wish.deadlineMs;
  let outcome = "lost";
  if (Date.now() >= giveUpMs) {
    unasked.add(1, { lane: wish.lane });
    return;
  }
  for (;;) {
    const leftMs = giveUpMs - Date.now();
    if (leftMs <= 0) break;
    const response = http.get(wish.edge.url + path, { tags: { lane: wish.lane, edge: wish.edge.name }, timeout: Math.max(50, leftMs) });
    if (response.status === 200 && response.error_code === 0) {
      outcome = Date.now() <= giveUpMs ? "served" : "late";
      break;
    }
    outcome = response.status === 503 ? "shed" : "lost";
    const waitMs = Math.min(adviceMs(response.headers["Cache-Control"], response.status), giveUpMs - Date.now());
    if (waitMs > 0) sleep(waitMs / 1000);
  }
  segmentMs.add(Date.now() - wish.intendedMs, { lane: wish.lane, outcome, edge: wish.edge.name, rendition: wish.rendition });
}

/** A shed reply says for how long it will not change; asking sooner is in vain. */
function adviceMs(cacheControl: string | undefined, status: number): number {
  const seconds = /max-age=(\d+)/.exec(cacheControl ?? "")?.[1];
  return status === 503 && seconds !== undefined ? Number(seconds) * 1000 : retryMs;
}
