/**
 * `import … from "seawall/k6"`: the settings that a run passes to a k6 script of your own, and the
 * headers that its requests need. Without a run (plain `k6 run`), the script's own apply.
 */
import http from "k6/http";
import { tokenIn } from "./base/token-in.ts";

/** Where users go in. */
export interface Entry {
  readonly name: string;
  readonly url: string;
  /** The Host header, where a proxy with another address stands before it. */
  readonly host?: string;
  /** What each request carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By header, the variable that holds its value. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
  /** The request that gives each user a token. */
  readonly session?: Session;
}

/** The session step of a target; its token stays in the script. */
export interface Session {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly body?: string;
  readonly token: string;
  readonly header: string;
  readonly as?: string;
}

/** What the harness says to each script, as one JSON text in `SEAWALL_LOAD`. */
export interface LoadSettings {
  readonly seed: number;
  readonly entries: readonly Entry[];
  /** Other ways in, by the name that the target gives them. */
  readonly others: Readonly<Record<string, readonly Entry[]>>;
  /** The load's first ms, before the baseline, and how long each phase lasts. */
  readonly leadInMs: number;
  readonly phasesMs: {
    readonly baseline: number;
    readonly fault: number;
    readonly recovery: number;
  };
}

declare const __ENV: Readonly<Record<string, string | undefined>>;

/**
 * What this run says, or `alone` without one.
 *
 *     const alone = [{ name: "shop", url: "http://127.0.0.1:8080" }];
 *     const { entries } = loadSettings({ entries: alone });
 */
export function loadSettings(alone: Partial<LoadSettings> = {}): LoadSettings {
  const text = __ENV["SEAWALL_LOAD"];
  return text === undefined
    ? {
        seed: 1,
        entries: [],
        others: {},
        leadInMs: 0,
        phasesMs: { baseline: 0, fault: 0, recovery: 0 },
        ...alone,
      }
    : (JSON.parse(text) as LoadSettings);
}

/** A virtual user is one user: it signs in once at each entry. */
const tokens = new Map<string, string>();
const sessionMs = 4_000;

/**
 * What each request to this entry carries: Host, the headers of the target with their secrets, and
 * the token of this virtual user. It signs in first; where that is refused, there is no token.
 *
 *     http.get(`${entry.url}/orders/1`, { headers: headersFor(entry) });
 */
export function headersFor(entry: Entry): Record<string, string> {
  const { session } = entry;
  const token = session === undefined ? null : (tokens.get(entry.name) ?? signIn(entry, session));
  if (session === undefined || token === null) return headersOf(entry);
  const { header, as = "{token}" } = session;
  return { ...headersOf(entry), [header]: as.replaceAll("{token}", token) };
}

/** Where the answer refuses the token: this user signs in again before its next request. */
export function forgetSession(entry: Entry, status: number): void {
  if (status === 401 || status === 403) tokens.delete(entry.name);
}

function headersOf({ host, headers, secretHeaders = {} }: Entry): Record<string, string> {
  return {
    ...(host === undefined ? {} : { Host: host }),
    ...headers,
    ...Object.fromEntries(
      Object.entries(secretHeaders).map(([name, variable]) => [name, __ENV[variable] ?? ""]),
    ),
  };
}

/** Null where it is refused: the requests that follow show that. */
function signIn(entry: Entry, { path, method = "POST", body, token }: Session): string | null {
  const { status, body: text } = http.request(method, entry.url + path, body ?? null, {
    headers: {
      ...headersOf(entry),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    // No request of the load's own class: its answer is no content.
    tags: { lane: "session", entry: entry.name },
    responseType: "text",
    timeout: sessionMs,
  });
  const found = status >= 200 && status < 300 ? tokenIn(String(text), token) : null;
  if (found !== null) tokens.set(entry.name, found);
  return found;
}
