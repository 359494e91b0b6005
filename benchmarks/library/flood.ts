/**
 * Floods an HTTP server over keep-alive connections, one request at a time on each. It costs as
 * little as possible, so that the server is what is measured.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { Endpoint } from "../../harness/target/layout.ts";

export interface Flood {
  readonly answered: number;
  readonly seconds: number;
  /** The processor time of the server's process during the flood. */
  readonly serverCpuSeconds: number;
  readonly statuses: ReadonlyMap<string, number>;
}

/**
 * Requests the same path on every connection until `forMs` are over. Answers must have a
 * Content-Length.
 */
export async function flood(
  at: Endpoint,
  pid: number,
  path: string,
  connections: number,
  forMs: number,
): Promise<Flood> {
  const request = Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: origin\r\nConnection: keep-alive\r\n\r\n`,
  );
  const statuses = new Map<string, number>();
  let answered = 0;
  let over = false;
  const sockets = Array.from({ length: connections }, () =>
    connect({ host: at.host, port: at.port, noDelay: true }),
  );
  const failed = Promise.withResolvers<never>();
  for (const socket of sockets) {
    socket.once("connect", () => socket.write(request));
    socket.on("error", failed.reject);
    eachAnswer(socket, (status) => {
      answered += 1;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (!over) socket.write(request);
    });
  }
  const cpuBefore = cpuSeconds(pid);
  const startMs = performance.now();
  const [count, seconds, serverCpuSeconds] = await Promise.race([
    failed.promise,
    new Promise<[number, number, number]>((resolve) => {
      setTimeout(
        () =>
          resolve([answered, (performance.now() - startMs) / 1000, cpuSeconds(pid) - cpuBefore]),
        forMs,
      );
    }),
  ]);
  over = true;
  for (const socket of sockets) socket.destroy();
  return { answered: count, seconds, serverCpuSeconds, statuses };
}

/**
 * Calls back once per whole answer. All answers to one request are alike, so only the first one's
 * length is parsed.
 */
function eachAnswer(socket: Socket, onAnswer: (status: string) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  socket.on("data", (data: Buffer) => {
    if (left > 0 && data.length <= left) {
      left -= data.length;
      if (left === 0) onAnswer("200");
      return;
    }
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    const end = pending.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = pending.toString("latin1", 0, end);
    const length = Number(/^content-length: ([0-9]+)$/im.exec(head)?.[1] ?? Number.NaN);
    left = end + 4 + length - pending.length;
    pending = Buffer.alloc(0);
    if (left === 0) onAnswer(head.slice(9, 12));
  });
}

/** User and system time of a process so far, in ticks of 10 ms. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
