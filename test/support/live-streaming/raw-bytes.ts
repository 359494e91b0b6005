/** Sends arbitrary bytes to a port over TCP, unlike any client. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { EndpointSettings } from "../../../targets/live-streaming/service/configuration.ts";

export interface RawAnswer {
  /** Of every response on the connection, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
  readonly closed: boolean;
  /** The number of bytes that were accepted. */
  readonly sentBytes: number;
}

/**
 * Sends the parts one after the other, with a pause between, while the other side accepts them.
 * Waits for the first answer, or for `waitMs`.
 */
export async function raw(
  at: EndpointSettings,
  parts: Iterable<string | Buffer>,
  { pauseMs = 0, waitMs = 4_000, answers = 1 } = {},
): Promise<RawAnswer> {
  const socket = connect(at.port, at.host);
  let text = "";
  let closed = false;
  socket.on("data", (data) => {
    text += data.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  const statuses = (): number[] =>
    [...text.matchAll(/^HTTP\/1\.1 ([0-9]{3}) /gm)].map((match) => Number(match[1]));
  const over = (): boolean =>
    closed || statuses().filter((status) => status >= 200).length >= answers;
  const deadlineMs = performance.now() + waitMs;
  for (const part of parts) {
    if (over() || performance.now() > deadlineMs) break;
    await written(socket, part);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  while (!over() && performance.now() < deadlineMs) await sleep(5);
  // An answer to a request in the same bytes would arrive at once.
  if (!closed) await sleep(30);
  const result = {
    statuses: statuses(),
    text,
    closed,
    sentBytes: socket.bytesWritten - socket.writableLength,
  };
  socket.destroy();
  return result;
}

async function written(socket: Socket, part: string | Buffer): Promise<void> {
  if (socket.write(part) || socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      socket.off("drain", settle).off("close", settle);
      resolve();
    };
    const timer = setTimeout(settle, 1_000);
    socket.on("drain", settle).on("close", settle);
  });
}
