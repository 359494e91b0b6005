/**
 * Performs a service's operations: over HTTP with the run's token, over a plain connection, or by a
 * program next to the service.
 */
import { connect } from "node:net";
import { run } from "./child.ts";
import { askForText } from "./http-request.ts";
import type { Endpoint, Operation, Place, Program, Service } from "../target/layout.ts";
import { runVariable } from "./processes.ts";

export interface Reach {
  endpoint(port: string): Endpoint;
  readonly controlToken: string;
  readonly place: Place;
  readonly runId: string;
  /** For a service that does not run directly on this machine. */
  runBeside?(program: Program): Promise<string>;
}

const withinMs = 5_000;
const answerBytesMax = 1024 * 1024;

/** Rejects if the service has no such operation, or if it failed, with its message. */
export async function operate(
  service: Service,
  name: string,
  parameters: Readonly<Record<string, string>>,
  reach: Reach,
): Promise<string> {
  const operation = Object.hasOwn(service.operations ?? {}, name)
    ? service.operations?.[name]
    : undefined;
  if (operation === undefined) throw new Error(`${service.name} has no operation "${name}"`);
  try {
    switch (operation.kind) {
      case "http":
        return await overHttp(operation, parameters, reach);
      case "tcp":
        return await overTcp(operation, reach.endpoint(operation.port));
      case "command": {
        const program = operation.command(reach.place);
        return await (reach.runBeside?.(program) ??
          byCommand(program, reach.runId, operation.withinMs ?? withinMs));
      }
    }
  } catch (error) {
    throw new Error(`${service.name}: ${name} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The program of an operation; null if it is none. */
export function programOf(service: Service, name: string, place: Place): Program | null {
  const operation = service.operations?.[name];
  return operation?.kind === "command" ? operation.command(place) : null;
}

async function overHttp(
  operation: Operation & { kind: "http" },
  parameters: Readonly<Record<string, string>>,
  { endpoint, controlToken }: Reach,
): Promise<string> {
  const filled = (text: string, as: (value: string) => string): string =>
    text.replaceAll(/\{(\w+)\}/g, (_whole, key: string) => {
      const value = parameters[key];
      if (value === undefined) throw new Error(`it needs the parameter ${key}`);
      return as(value);
    });
  const path = filled(operation.path, encodeURIComponent);
  // A parameter may be inserted in quotes, or as a number.
  const body =
    operation.body === undefined
      ? undefined
      : filled(operation.body, (value) => JSON.stringify(value).slice(1, -1));
  const { status, headers, text } = await askForText(
    endpoint(operation.port),
    {
      path,
      method: operation.method,
      headers: { authorization: `Bearer ${controlToken}` },
      agent: false,
      signal: AbortSignal.timeout(withinMs),
    },
    body,
    answerBytesMax,
  );
  const read = operation.reads === undefined ? text.trim() : headers[operation.reads];
  if (status < 200 || status > 299) throw new Error(`it answered ${status}: ${text.trim()}`);
  if (typeof read !== "string") throw new Error(`its answer has no header ${operation.reads}`);
  return read;
}

function overTcp(
  { send, expect, means = {} }: Operation & { kind: "tcp" },
  { host, port }: Endpoint,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let received = "";
    const end = (outcome: () => void): void => {
      socket.destroy();
      outcome();
    };
    socket.setTimeout(withinMs, () =>
      end(() =>
        reject(
          new Error(
            `no expected answer within ${withinMs / 1000} s, only ` +
              `${JSON.stringify(received.slice(0, 100))}`,
          ),
        ),
      ),
    );
    socket.once("connect", () => socket.write(send));
    socket.setEncoding("latin1").on("data", (part: string) => {
      received += part;
      const match = expect.exec(received);
      const found = match === null ? null : (match[1] ?? match[0]);
      if (found !== null)
        end(() => resolve(Object.hasOwn(means, found) ? (means[found] ?? found) : found));
      else if (received.length > answerBytesMax)
        end(() => reject(new Error("its answer does not end")));
    });
    socket.once("error", reject);
    socket.once("end", () =>
      end(() =>
        reject(
          new Error(`it closed the connection after ${JSON.stringify(received.slice(0, 100))}`),
        ),
      ),
    );
  });
}

async function byCommand(
  { command, args, env }: Program,
  runId: string,
  timeoutMs: number,
): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, args, {
    env: { PATH: process.env["PATH"] ?? "", ...env, [runVariable]: runId },
    timeoutMs,
  });
  if (exitCode === 0) return stdout.trim();
  throw new Error(`exit status ${exitCode}: ${(stderr || stdout).trim()}`);
}
