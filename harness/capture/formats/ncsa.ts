/**
 * NCSA common and combined, as most servers write it. A host before it, more fields after it, and
 * a whole address in the request line are accepted.
 */
import { type Entry, entryOf } from "../entry.ts";
import { momentOf } from "../times.ts";

const line =
  /^(\S+) (\S+) (.*?) ?\[([^\]]{20,40})\] "((?:[^"\\]|\\.)*)" (\d{3}|-)(?: (?:\d+|-))?(.*)$/;
const quoted = /"((?:[^"\\]|\\.)*)"/g;

export function ncsaEntry(text: string): Entry | null {
  const match = line.exec(text);
  if (match === null) return null;
  const [, client, next, user, at, request = "", status, rest = ""] = match;
  const [method, target] = request.split(" ");
  const agent = [...rest.matchAll(quoted)][1]?.[1];
  return entryOf({
    at: momentOf(at),
    method,
    target,
    status: Number(status),
    // With a host before it, the client is the second word.
    who: [client, next, user, agent],
  });
}
