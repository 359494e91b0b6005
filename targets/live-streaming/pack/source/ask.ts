/** Asks for a playlist or a manifest: redirects to allowed hosts, content encodings, its limits. */
import type { Agent } from "node:http";
import { decoded } from "../../../../harness/system/fetch-body.ts";
import type { Sessions } from "../../../../harness/system/session.ts";
import type { Origins } from "./origins.ts";

export interface AskOptions {
  readonly origins: Origins;
  readonly signal: AbortSignal;
  readonly agent: Agent | false;
  readonly sessions: Sessions;
  readonly timeoutMs?: number;
}

export interface Text {
  readonly text: string;
  /** After redirects. */
  readonly url: string;
  /** Of the whole answer. */
  readonly bytes: number;
}

/** Chosen values: as browsers follow; as long as a blocking reload may take. */
const redirectsMax = 10;
const timeoutMsUsual = 10_000;
/** Before and after decoding. */
const bytesMax = 16 * 1024 * 1024;

/** Why no text came: one line, for people. */
export class NoAnswer extends Error {
  /** 0 without an answer. */
  readonly status: number;
  constructor(message: string, status = 0) {
    super(message);
    this.name = "NoAnswer";
    this.status = status;
  }
}

/** Rejects with `NoAnswer`, or with the signal's reason. */
export async function askForText(url: string, options: AskOptions): Promise<Text> {
  let at = url;
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const { headers, body, status } = await one(at, options);
    if (status >= 300 && status < 400 && headers.location !== undefined) {
      if (!URL.canParse(headers.location, at))
        throw new NoAnswer(`it redirects to "${headers.location}", which is no address`, status);
      at = new URL(headers.location, at).href;
      continue;
    }
    if (status !== 200 && status !== 206) throw new NoAnswer(`it answers with ${status}`, status);
    if (body === null) throw new NoAnswer("its answer breaks off, or does not end", status);
    const bytes = await decoded(body, headers["content-encoding"], bytesMax);
    if (bytes === null)
      throw new NoAnswer(
        `its encoding ${headers["content-encoding"]} is wrong, unknown, or hides too much`,
        status,
      );
    return { text: bytes.toString("utf8"), url: at, bytes: body.length };
  }
  throw new NoAnswer(`it redirects more than ${redirectsMax} times`);
}

async function one(
  url: string,
  { origins, signal, agent, sessions, timeoutMs = timeoutMsUsual }: AskOptions,
) {
  const destination = origins.destinationOf(url);
  if (destination === null) {
    const host = URL.canParse(url) ? new URL(url).hostname : url;
    throw new NoAnswer(
      `it leads to ${host}, to which this run may not send traffic (--allow-host ${host})`,
    );
  }
  try {
    return await sessions.fetch(destination.endpoint, destination.path, {
      timeoutMs,
      agent,
      signal,
      bytesMax,
      headers: { "Accept-Encoding": "gzip" },
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new NoAnswer(`no answer: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it took too long";
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}
