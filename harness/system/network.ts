/**
 * Small network questions about this machine: is a port free, who holds it, does anything answer.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Agent, IncomingHttpHeaders } from "node:http";
import { connect, createServer } from "node:net";
import { endianness } from "node:os";
import type { Connection } from "../target/observer.ts";
import type { Endpoint } from "../target/layout.ts";
import { requestTo } from "./http-request.ts";
import { markOwn } from "./own-connections.ts";
import { listProcesses, statOf } from "./processes.ts";

/**
 * Null when the endpoint can be bound, else the error's code: EADDRINUSE, EADDRNOTAVAIL, EACCES.
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

/** The system gave up because nobody said anything, not even that there is no such port. */
const unanswered = ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];

/** Whether a TCP connection is taken; `silent` is neither a yes nor a no within the time. */
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
  readonly agent?: Agent;
  /** Read to the end but keep nothing: for media. */
  readonly discardBody?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const bodyBytesMax = 16 * 1024 * 1024;

/** One GET; rejects when the connection fails or the time is over. */
export function httpGet(endpoint: Endpoint, path: string, options: GetOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { signal, over } = within(options);
    const outgoing = requestTo(
      endpoint,
      { path, agent: options.agent ?? false, headers: options.headers ?? {}, signal },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          bytes += part.length;
          if (options.discardBody === true) return;
          if (bytes > bodyBytesMax) response.destroy(new Error(`more than ${bodyBytesMax} bytes`));
          else parts.push(part);
        });
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(parts).toString("utf8"),
          }),
        );
        response.once("error", reject);
      },
    );
    outgoing.once("error", reject).once("close", over);
    outgoing.end();
  });
}

/**
 * Aborts when the time is over or the caller's signal fires. Many of these are made each second,
 * and `AbortSignal.any` of a signal that lives as long as the run keeps each of them until the
 * garbage collector comes by.
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
  /** Of the whole body; null when it broke off. */
  readonly sha256: string | null;
}

/** One GET whose body is only hashed; rejects when no answer comes. */
export function httpDigest(
  endpoint: Endpoint,
  path: string,
  options: Omit<GetOptions, "discardBody">,
): Promise<Digest> {
  return new Promise((resolve, reject) => {
    const { signal, over } = within(options);
    const outgoing = requestTo(
      endpoint,
      { path, agent: options.agent ?? false, headers: options.headers ?? {}, signal },
      (response) => {
        const { statusCode: status = 0, headers } = response;
        const hash = createHash("sha256");
        response.on("data", (part: Buffer) => {
          hash.update(part);
        });
        response.once("end", () => resolve({ status, headers, sha256: hash.digest("hex") }));
        response.once("error", (error) =>
          signal.aborted ? reject(error) : resolve({ status, headers, sha256: null }),
        );
      },
    );
    outgoing.once("error", reject).once("close", over);
    outgoing.end();
  });
}

/**
 * Who listens on which of these IPv4 endpoints, by pid: `127.0.0.1:80`. Sockets of other users'
 * processes are left out.
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

/** Those of another user's process, or of one that just ended, cannot be seen. */
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

/** `java (pid 4711)`, or null where it cannot be told. */
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
  const wanted = `:${hex(port, 4)}`;
  return new Set(
    listening()
      .filter(({ address }) => address.endsWith(wanted))
      .map(({ inode }) => inode),
  );
}

/**
 * An IPv4 endpoint as the table writes it: the address as the machine keeps it, lowest byte first
 * where that is x86 or ARM.
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
