/** The parts of a target whose stream is read from its playlist. */
import { z } from "zod";
import type { OwnParts, OwnTarget } from "../../../../harness/target/own-target-description.ts";
import { linesOf } from "../../../../harness/target/own-target-problems.ts";
import type { PlayCheck } from "../../../../harness/target/layout.ts";
import type { StreamSource } from "../stream/source.ts";
import type { Stream } from "../stream/stream.ts";

const shape = z.strictObject({ url: z.string() });

type Own = Pick<OwnTarget, "services" | "entries">;

export function partsOfSource(source: StreamSource, own: Own): OwnParts {
  return {
    problems: () => sourceProblems(source, own),
    layout: (entries, port) => {
      const path = pathAt(source.url, own) ?? "/";
      const checks = (one: string): PlayCheck[] =>
        entries.map((service) => ({ service, port, path: one }));
      return {
        playable: () => checks(path),
        absent: () => checks(absentBeside(path)),
        content: unread(path),
      };
    },
  };
}

/** All that is known before it was read. */
function unread(path: string): Stream {
  return {
    event: path,
    segmentMs: assumedMs,
    availabilityStartMs: 0,
    renditions: [],
    segmentPath: "",
    dvrSegments: 0,
    source: { path },
  };
}

/** Nothing is planned by it. */
const assumedMs = 1_000;

/** A name that no packager writes. */
function absentBeside(path: string): string {
  const folder = path.replace(/\?.*$/s, "").replace(/[^/]*$/, "");
  return `${folder}seawall-asks-for-what-is-not-there.m4s`;
}

function sourceProblems(source: StreamSource, own: Own): string[] {
  const { error } = z.object({ stream: shape }).safeParse({ stream: source });
  if (error !== undefined) return linesOf(error, "", shape.shape, "stream");
  if (pathAt(source.url, own) !== null) return [];
  const origins = originsOf(own);
  return [
    `stream.url: "${source.url}" is neither a path, such as /live/master.m3u8, nor at one of the ` +
      `entries${origins.length === 0 ? "" : ` (${origins.join(", ")})`}`,
  ];
}

/** What comes before each path of an entry is no part of it. */
function pathAt(url: string, own: Own): string | null {
  if (/^\/(?!\/)[^\s\\#]*$/.test(url)) return url;
  if (!URL.canParse(url)) return null;
  const { origin, pathname, search } = new URL(url);
  const found = addressesOf(own).find((address) => address.origin === origin);
  if (found === undefined) return null;
  const base = found.pathname.replace(/\/$/, "");
  if (base !== "" && !pathname.startsWith(`${base}/`)) return null;
  return pathname.slice(base.length) + search;
}

function originsOf(own: Own): string[] {
  return addressesOf(own).map(({ origin }) => origin);
}

function addressesOf({ services, entries }: Own): URL[] {
  if (!Array.isArray(services) || !Array.isArray(entries)) return [];
  return services.flatMap((service) =>
    "url" in service && entries.includes(service.name) && URL.canParse(service.url)
      ? [new URL(service.url)]
      : [],
  );
}
