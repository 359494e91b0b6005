/**
 * Small network queries about this machine: whether a port is free, which process holds it, and
 * whether it answers.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Agent, IncomingHttpHeaders } from "node:http";
import { connect, createServer } from "node:net";
import { endianness } from "node:os";
import type { Connection } from "../target/observer.ts";
import type { Endpoint } from "../target/layout.ts";
import { requestTo } from "./http-request.ts";
import type { Incoming } from "./incoming.ts";
import { markOwn } from "./own-connections.ts";
import { listProcesses, statOf } from "./processes.ts";

/**
 * Null if the endpoint can be bound, otherwise the error's code: EADDRINUSE, EADDRNOTAVAIL, EACCES.
 */
export function bindProblem(endpoint: Endpoint): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, () =>
      server.close(() => resolve(null)),
    );
  });
}

/** Errors of a connection without any response, not even a refusal. */
const unanswered = ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];

/** Whether a TCP connection is accepted; `silent` is neither accepted nor refused in time. */
export function tryConnect(endpoint: Endpoint, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve) => {
    const socket = connect({ host: endpoint.host, port: endpoint.port });
    const end = (outcome: Connection): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeoutMs, () => end("silent"));
    socket.once("connect", () => {
      markOwn(socket);
      end("accepted");
    });
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) =>
      end(unanswered.includes(code) ? "silent" : "refused"),
    );
  });
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface GetOptions {
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** False by default: a connection of its own. */
  readonly agent?: Agent | false;
  /** Read to the end but keep nothing: for media. */
  readonly discardBody?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const bodyBytesMax = 16 * 1024 * 1024;

interface Reading<T> {
  resolve(answer: T): void;
  reject(error: Error): void;
  readonly signal: AbortSignal;
}

/** One GET; `read` settles it by the response. */
function exchange<T>(
  endpoint: Endpoint,
  path: string,
  options: Omit<GetOptions, "discardBody">,
  read: (response: Incoming, reading: Reading<T>) => void,
): Promise<T> {
  const { signal, over } = within(options);
  return new Promise<T>((resolve, reject) => {
    requestTo(
      endpoint,
      { path, agent: options.agent ?? false, headers: options.headers ?? {}, signal },
      (response) => read(response, { resolve, reject, signal }),
      reject,
    );
  }).finally(over);
}

/** One GET; rejects if the connection fails or at the timeout. */
export function httpGet(endpoint: Endpoint, path: string, options: GetOptions): Promise<Answer> {
  return exchange(endpoint, path, options, ({ status, body }, { resolve, reject }) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    body.on("data", (part: Buffer) => {
      bytes += part.length;
      if (options.discardBody === true) return;
      if (bytes > bodyBytesMax) body.destroy(new Error(`more than ${bodyBytesMax} bytes`));
      else parts.push(part);
    });
    body.once("end", () => resolve({ status, body: Buffer.concat(parts).toString("utf8") }));
    body.once("error", reject);
  });
}

/**
 * Aborts at the timeout or with the caller's signal. Many of these exist per second.
 * `AbortSignal.any` on a signal that lives as long as the run would keep each of them until garbage
 * collection.
 */
function within({ timeoutMs, signal }: Pick<GetOptions, "timeoutMs" | "signal">): {
  readonly signal: AbortSignal;
  readonly over: () => void;
} {
  const own = new AbortController();
  const outside = (): void => own.abort(signal?.reason);
  const timer = setTimeout(
    () => own.abort(new Error(`no answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  timer.unref();
  if (signal?.aborted === true) outside();
  signal?.addEventListener("abort", outside, { once: true });
  const over = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", outside);
  };
  return { signal: own.signal, over };
}

export interface Digest {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of the whole body; null if it broke off. */
  readonly sha256: string | null;
}

/** One GET whose body is only hashed; rejects without an answer. */
export function httpDigest(
  endpoint: Endpoint,
  path: string,
  options: Omit<GetOptions, "discardBody">,
): Promise<Digest> {
  return exchange(endpoint, path, options, (response, { resolve, reject, signal }) => {
    const { status, headers, body } = response;
    const hash = createHash("sha256");
    body.on("data", (part: Buffer) => {
      hash.update(part);
    });
    body.once("end", () => resolve({ status, headers, sha256: hash.digest("hex") }));
    body.once("error", (error) =>
      signal.aborted ? reject(error) : resolve({ status, headers, sha256: null }),
    );
  });
}

/**
 * The listening processes on these IPv4 endpoints, by pid: `127.0.0.1:80`. Sockets of other users'
 * processes are omitted.
 */
export function listeners(endpoints: readonly Endpoint[]): Map<number, string> {
  const names = new Map(
    endpoints.map(({ host, port }) => [inTable(host, port), `${host}:${port}`]),
  );
  const byInode = new Map(
    listening().flatMap(({ address, inode }) => {
      const name = names.get(address);
      return name === undefined ? [] : [[inode, name] as const];
    }),
  );
  const byPid = new Map<number, string>();
  if (byInode.size === 0) return byPid;
  for (const pid of listProcesses()) {
    const where = socketInodes(pid)
      .map((inode) => byInode.get(inode))
      .find((one) => one !== undefined);
    if (where !== undefined) byPid.set(pid, where);
  }
  return byPid;
}

/** Sockets of another user's process, or of one that just ended, are invisible. */
function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** `java (pid 4711)`, or null if unknown. */
export function holderOf(port: number): string | null {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return null;
  for (const pid of listProcesses()) {
    if (socketInodes(pid).some((inode) => inodes.has(inode)))
      return `${statOf(pid)?.name ?? "a process"} (pid ${pid})`;
  }
  return null;
}

function listeningInodes(port: number): Set<string> {
  const localPort = `:${hex(port, 4)}`;
  return new Set(
    listening()
      .filter(({ address }) => address.endsWith(localPort))
      .map(({ inode }) => inode),
  );
}

/**
 * An IPv4 endpoint in the format of /proc: the address in host byte order, lowest byte first on x86
 * and ARM.
 */
function inTable(host: string, port: number): string {
  const bytes = host.split(".").map((part) => hex(Number(part), 2));
  return `${(endianness() === "LE" ? bytes.reverse() : bytes).join("")}:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

/** Every listening socket of this network namespace. */
function listening(): { readonly address: string; readonly inode: string }[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => {
    try {
      return readFileSync(table, "utf8")
        .split("\n")
        .slice(1)
        .flatMap((line) => {
          const [, address, , state, , , , , , inode] = line.trim().split(/\s+/);
          return state === "0A" && address !== undefined && inode !== undefined
            ? [{ address, inode }]
            : [];
        });
    } catch {
      return []; // no such table on this system
    }
  });
}
