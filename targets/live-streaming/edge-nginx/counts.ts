/** Counts requests to origins from nginx's log lines. */
import type { Lane } from "../origin/telemetry.ts";
import { isLive } from "../stream/template.ts";

export interface OriginGet {
  readonly lane: Lane;
  /** The upstream, as `host:port`. */
  readonly address: string;
}

/**
 * Parses one line, which is one viewer request with an address for each origin that nginx tried. A
 * failed connection (time `-`) carried no request. Throws on a line in another format.
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
 * The end of the request, in epoch ms: nginx logs no earlier time. A held request can therefore
 * count as one segment older than it was.
 */
function laneOf(path: string, nowMs: number): Lane {
  if (!path.startsWith("/live/")) return "junk";
  const number = /\/(\d+)\.m4s$/.exec(path)?.[1];
  return number === undefined ? "start" : isLive(Number(number), nowMs) ? "live" : "dvr";
}
