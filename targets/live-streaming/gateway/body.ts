/** Reads a small JSON body, bounded in bytes and time, and validates it against a schema. */
import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { header } from "../service/server.ts";

export type JsonBody<T> =
  | { readonly ok: true; readonly value: T }
  /** `status` is null if the sender left. */
  | { readonly ok: false; readonly status: 400 | 408 | 413 | 422 | null; readonly problem: string };

/**
 * A device on a bad line sends 2 KiB in a fraction of this. A slower one occupies a place on
 * purpose.
 */
const patienceMsMax = 2_000;

function tooLong(request: IncomingMessage, bytesMax: number): boolean {
  const declared = header(request, "content-length");
  return declared !== null && Number(declared) > bytesMax;
}

export async function readJson<T>(
  request: IncomingMessage,
  shape: z.ZodType<T>,
  bytesMax: number,
  patienceMs = patienceMsMax,
): Promise<JsonBody<T>> {
  const long = { ok: false, status: 413, problem: `the body may have ${bytesMax} bytes` } as const;
  if (tooLong(request, bytesMax)) return long;
  const collected = await collect(request, bytesMax, patienceMs);
  if (collected === "long") return long;
  if (collected === "late") return { ok: false, status: 408, problem: "the body took too long" };
  if (collected === "left") return { ok: false, status: null, problem: "the sender left" };
  let value: unknown;
  try {
    value = JSON.parse(collected.toString("utf8"));
  } catch {
    return { ok: false, status: 400, problem: "the body is not JSON" };
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    ok: false,
    status: 422,
    problem:
      issue === undefined
        ? "not what is expected here"
        : `${issue.path.map(String).join(".")}: ${issue.message}`.slice(0, 200),
  };
}

function collect(
  request: IncomingMessage,
  bytesMax: number,
  patienceMs: number,
): Promise<Buffer | "long" | "late" | "left"> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const end = (result: Buffer | "long" | "late" | "left"): void => {
      clearTimeout(timer);
      request.off("data", onData).off("end", onEnd).off("close", onLeft).off("error", onLeft);
      // Discards further bytes and ignores a broken connection.
      request.on("error", () => undefined).resume();
      resolve(result);
    };
    const timer = setTimeout(() => end("late"), patienceMs);
    const onData = (part: Buffer): void => {
      bytes += part.length;
      if (bytes > bytesMax) end("long");
      else parts.push(part);
    };
    const onEnd = (): void => end(Buffer.concat(parts, bytes));
    const onLeft = (): void => end("left");
    request.on("data", onData).on("end", onEnd).on("close", onLeft).on("error", onLeft);
  });
}
