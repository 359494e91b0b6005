/**
 * The change feed. A publish origin sends every read origin its publications as they are committed:
 * first all known ones, then each new one. Heartbeats in between let a listener distinguish silence
 * from a failure.
 */
import type { Publication } from "../stream/candidate.ts";
import { request as httpRequest, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { EndpointSettings } from "../service/configuration.ts";
import { type Log, reason } from "../service/log.ts";
import { defectNames } from "../stream/candidate.ts";
import { type Directive, directiveShape } from "./directive.ts";

export const beatMs = 500;
/** After four missed heartbeats, the other side is gone, stopped or cut off. */
export const silenceMsMax = 4 * beatMs;
/**
 * A listener that does not read is disconnected before it costs memory. It reconnects and gets a
 * snapshot.
 */
const unreadBytesMax = 8 * 1024 * 1024;

/** One line: a publication, or a directive under its own name. */
export type FeedMessage = Publication | { readonly directive: Directive };

export interface Feed {
  serve(response: ServerResponse): void;
  announce(message: FeedMessage): void;
  close(): void;
}

export function createFeed(snapshot: () => readonly FeedMessage[]): Feed {
  const listeners = new Set<ServerResponse>();
  const tell = (listener: ServerResponse, line: string): void => {
    if (listener.writableLength > unreadBytesMax) listener.destroy();
    else listener.write(line);
  };
  const timer = setInterval(() => {
    for (const listener of listeners) tell(listener, '{"beat":true}\n');
  }, beatMs);
  return {
    serve(response) {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.on("close", () => listeners.delete(response));
      response.write(
        snapshot()
          .map((message) => `${JSON.stringify(message)}\n`)
          .join("")
          .concat('{"snapshot":true}\n'),
      );
      listeners.add(response);
    },
    announce(message) {
      const line = `${JSON.stringify(message)}\n`;
      for (const listener of listeners) tell(listener, line);
    },
    close() {
      clearInterval(timer);
      for (const listener of listeners) listener.end();
    },
  };
}

const publicationShape = z.object({
  event: z.string(),
  rendition: z.string(),
  number: z.int(),
  pipeline: z.string(),
  token: z.string(),
  sha256: z.string(),
  bytes: z.int().positive(),
  defects: z.array(z.enum(defectNames)),
  publishedAtMs: z.number(),
});

const messageShape = z.union([
  publicationShape,
  z.object({ directive: directiveShape }),
  z.object({ snapshot: z.literal(true) }),
  z.object({ beat: z.literal(true) }),
]);

export interface Subscription {
  /** True forever once a snapshot has been read completely. */
  readonly everCaughtUp: boolean;
  readonly connected: boolean;
}

export interface Listening {
  readonly at: EndpointSettings;
  readonly onPublication: (publication: Publication) => void;
  readonly onDirective: (directive: Directive) => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A listener's pause before it reconnects. `failures` counts since the last complete snapshot. */
export function comebackMs(failures: number): number {
  return Math.min(1_000, 50 * 2 ** Math.min(failures, 5));
}

/**
 * A listener's first lines. Directives come first, so that it never sees a segment before its mask.
 * Without catch-up, nothing is sent.
 */
export function snapshotOf(
  directives: readonly Directive[],
  publications: readonly Publication[],
  feedCatchUp: boolean,
): readonly FeedMessage[] {
  return feedCatchUp ? [...directives.map((directive) => ({ directive })), ...publications] : [];
}

/** Listens forever, and reconnects after every loss. */
export function subscribe(listening: Listening): Subscription {
  const state = { everCaughtUp: false, connected: false };
  const run = async (): Promise<void> => {
    for (let failures = 0; !listening.signal.aborted; ) {
      try {
        await listen(listening, () => {
          failures = 0;
          state.everCaughtUp = true;
          state.connected = true;
        });
      } catch (error) {
        if (state.connected || failures % 20 === 5)
          listening.log("feed lost", { ...listening.at, reason: reason(error) });
      }
      state.connected = false;
      failures += 1;
      await sleep(comebackMs(failures), undefined, { signal: listening.signal }).catch(
        () => undefined,
      );
    }
  };
  void run();
  return state;
}

async function listen(
  { at, onPublication, onDirective, signal }: Listening,
  onCaughtUp: () => void,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = httpRequest(
      { host: at.host, port: at.port, path: "/feed", signal, agent: false },
      (response) => {
        const lines = createInterface({ input: response, crlfDelay: Infinity });
        lines.on("line", (line) => {
          const message = messageShape.safeParse(parseLine(line)).data;
          if (message === undefined || "beat" in message) return;
          if ("snapshot" in message) onCaughtUp();
          else if ("directive" in message) onDirective(message.directive);
          else onPublication(message);
        });
        // The line reader repeats its input's errors. Without a listener they would end the
        // process.
        lines.on("error", reject);
        response.on("error", reject);
        response.on("close", () => resolve());
      },
    );
    request.setTimeout(silenceMsMax, () => request.destroy(new Error("no beat")));
    request.on("error", reject);
    request.end();
  });
}

/** The last line of a broken feed is incomplete. The next snapshot contains it. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
