/** Counts requests to origins from the lines that nginx writes about them. */
import type { Lane } from "../origin/telemetry.ts";
import { isLive } from "../stream/template.ts";

export interface OriginGet {
  readonly lane: Lane;
  /** Where it went: `host:port`. */
  readonly address: string;
}

/**
 * One line is one request of a viewer; it has as many addresses as origins were tried. A connection
 * that failed (its time is `-`) carried no request. Throws at what is no line of ours.
 */
export function originGets(line: string): OriginGet[] {
  const match = /^(\d+\.\d+) (\S+) ([^;]+); ([^;]+)$/.exec(line);
  if (match === null) throw new Error(`not a line of the origin log: ${line.slice(0, 200)}`);
  const [, seconds, path, addresses, connects] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  const lane = laneOf(path, Number(seconds) * 1000);
  const times = connects.split(/, | : /);
  return addresses
    .split(/, | : /)
    .flatMap((address, index) => (times[index] === "-" ? [] : [{ lane, address }]));
}

/**
 * As of the end of the request: nginx knows no earlier time. A held request may so be counted as
 * one segment older than it was.
 */
function laneOf(path: string, nowMs: number): Lane {
  if (!path.startsWith("/live/")) return "junk";
  const number = /\/(\d+)\.m4s$/.exec(path)?.[1];
  return number === undefined ? "start" : isLive(Number(number), nowMs) ? "live" : "dvr";
}
