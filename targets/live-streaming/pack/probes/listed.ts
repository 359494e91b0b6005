/** What a playlist lists, for the prober: it follows the stream at one edge, as a viewer does. */
import type { Agent } from "node:http";
import type { Entry } from "../../../../harness/target/entries.ts";
import { urlOf } from "../../../../harness/target/layout.ts";
import type { Fetched } from "../../../../harness/system/fetch-body.ts";
import type { Sessions } from "../../../../harness/system/session.ts";
import { askForText, NoAnswer } from "../source/ask.ts";
import type { Origins } from "../source/origins.ts";
import { Following, segmentsBack } from "../stream/reading/following.ts";
import { UnreadableStream } from "../stream/reading/unreadable.ts";
import type { MediaView, Resource } from "../stream/reading/views.ts";
import type { Source } from "../stream/source.ts";

export interface ListedOptions {
  readonly entry: Entry;
  readonly origins: Origins;
  readonly sessions: Sessions;
  readonly source: Source;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  /** Each sentence once. */
  readonly note: (text: string) => void;
}

export interface ListedAnswer {
  /** Null: no answer, or nothing to ask for. */
  readonly answer: Fetched | null;
  /** 0 if no segment was reached. */
  readonly status: number;
  readonly number: number;
}

export class ListedSegments {
  readonly #options: ListedOptions;
  readonly #following: Following;
  readonly #nowMs: () => number;
  readonly #had = new Set<string>();
  /** One reading at a time: two would ask for the same playlist. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: ListedOptions) {
    this.#options = options;
    const { entry, source, nowMs } = options;
    const aheadMs = source.read?.clockAheadMs ?? 0;
    this.#nowMs = () => nowMs() + aheadMs;
    this.#following = new Following(`${urlOf(entry)}${source.path}`, this.#nowMs);
  }

  /** Rejects only when the signal aborts. */
  async fetch(
    wish: { readonly rendition: string; readonly back: number; readonly lane: string },
    agent: Agent | false,
    timeoutMs: number,
  ): Promise<ListedAnswer> {
    const { signal, note, source } = this.#options;
    try {
      const media = await this.#media(wish.rendition, agent, timeoutMs);
      const segment = segmentsBack(media, wish.back, this.#nowMs());
      const isOver = source.read?.ended !== true && this.#following.isOver(wish.rendition);
      if (isOver && wish.lane === "live") {
        note(
          `the stream has nothing new any more: ${media.ended ? "it ended" : "it stands still"}`,
        );
        return nothing;
      }
      if (segment === null || segment.gap) return nothing;
      const before: readonly Partial<Resource>[] = [segment.key ?? {}, segment.init ?? {}];
      for (const { url, range } of before) {
        const name = `${url} ${range?.offset ?? ""}`;
        if (url === undefined || this.#had.has(name)) continue;
        const resource = range === undefined ? { url } : { url, range };
        const { status } = await this.#get(resource, agent, timeoutMs);
        if (status !== 200 && status !== 206) return { ...nothing, status };
        this.#had.add(name);
      }
      const answer = await this.#get(segment, agent, timeoutMs);
      return { answer, status: answer.status, number: segment.sequence };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UnreadableStream) note(`the stream cannot be read: ${error.message}`);
      else if (error instanceof NoAnswer && error.status === 0)
        note(`the stream cannot be followed: ${error.message}`);
      return { ...nothing, status: error instanceof NoAnswer ? error.status : 0 };
    }
  }

  async #media(rendition: string, agent: Agent | false, timeoutMs: number): Promise<MediaView> {
    const before = this.#reading;
    const work = (async () => {
      await before.catch(() => undefined);
      const { origins, sessions, signal } = this.#options;
      const steps = this.#following.media(rendition);
      let step = steps.next();
      while (step.done !== true)
        step = steps.next(
          await askForText(step.value.url, { origins, sessions, signal, agent, timeoutMs }),
        );
      return step.value;
    })();
    this.#reading = work.catch(() => undefined);
    return work;
  }

  #get({ url, range }: Resource, agent: Agent | false, timeoutMs: number): Promise<Fetched> {
    const { origins, sessions, signal } = this.#options;
    const destination = origins.destinationOf(url);
    if (destination === null)
      throw new NoAnswer(`${new URL(url).host} is a host to which no traffic may go`);
    const wanted: Record<string, string> =
      range === undefined
        ? {}
        : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    return sessions.fetch(destination.endpoint, destination.path, {
      timeoutMs,
      agent,
      signal,
      headers: wanted,
    });
  }
}

const nothing: ListedAnswer = { answer: null, status: 0, number: 0 };
