/** HAR 1.2, a document of a browser. It is one JSON text, so its size is limited. */
import { type Entry, entryOf } from "../entry.ts";
import { momentOf } from "../times.ts";

export const harBytesMax = 256 * 1024 * 1024;

interface HarEntry {
  readonly startedDateTime?: unknown;
  readonly connection?: unknown;
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
  readonly response?: { readonly status?: unknown };
}

/** Null where the text is no HAR; an entry is null where it is no request. */
export function harEntries(text: string): readonly (Entry | null)[] | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const entries = (document as { log?: { entries?: unknown } } | null)?.log?.entries;
  if (!Array.isArray(entries)) return null;
  return (entries as readonly (HarEntry | null)[]).map((one) => {
    const { method, url } = one?.request ?? {};
    return entryOf({
      at: momentOf(one?.startedDateTime),
      method: typeof method === "string" ? method : undefined,
      target: typeof url === "string" ? url : undefined,
      status: Number(one?.response?.status),
      // A HAR is of one browser: one session.
      who: ["har"],
    });
  });
}
