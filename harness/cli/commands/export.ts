/**
 * `seawall export RUN`: the recorded samples as OpenTelemetry metrics, to a receiver or as lines of
 * JSON.
 */
import { Option } from "commander";
import { resolve } from "node:path";
import { numberOf } from "../flags.ts";
import type { Define } from "../command.ts";
import { SeawallError } from "../../base/errors.ts";
import { redacted } from "../../base/redact.ts";
import { readRun } from "../../run/read-run.ts";
import { isCallable } from "../../system/direct-http.ts";
import { exportRequests } from "../../telemetry/otlp.ts";
import { type Receiver, send } from "../../telemetry/send.ts";
import type { Context } from "../../app/context.ts";
import { setting } from "../../app/project.ts";
import { judgeRecord } from "../../app/judge-record.ts";

export const defineExport: Define = (program, context, end) =>
  program
    .command("export")
    .description("export a recorded run as OpenTelemetry metrics, to standard output or a receiver")
    .argument("<run>", "a run directory")
    .option(
      "--otlp <url>",
      "send to this address (OTLP over HTTP); or set OTEL_EXPORTER_OTLP_ENDPOINT and …_HEADERS",
    )
    .addOption(
      new Option("--every <seconds>", "time between two points of a series")
        .default(1)
        .argParser(numberOf(0.1, 60, "number of seconds")),
    )
    .action(async (directory: string, flags: { otlp?: string; every: number }) =>
      end(
        await exportRun(context, resolve(context.cwd, directory), {
          otlp: flags.otlp ?? null,
          everyMs: flags.every * 1_000,
        }),
      ),
    );

export interface ExportFlags {
  /**
   * Base address of a receiver. Defaults to OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, then
   * OTEL_EXPORTER_OTLP_ENDPOINT, then standard output.
   */
  readonly otlp: string | null;
  readonly everyMs: number;
}

/** Points per series in one request: 30 s at one point per second, a few hundred kilobytes. */
const pointsPerRequest = 30;

export async function exportRun(
  context: Context,
  directory: string,
  flags: ExportFlags,
): Promise<number> {
  const receiver = receiverOf(context, flags.otlp);
  const run = await readRun(directory);
  const verdict = judgeRecord(run);
  let requests = 0;
  for (const request of exportRequests(run, {
    everyMs: flags.everyMs,
    pointsPerRequest,
    attributes: { "seawall.verdict": verdict.status },
  })) {
    if (receiver === null) context.stdout.json(request);
    else await send(receiver, request, context.signal);
    requests++;
  }
  if (receiver !== null)
    context.stdout.write(
      `${run.id}: ${run.series.length} series in ${requests} requests to ` +
        `${redacted(receiver.url)}\n`,
    );
  return 0;
}

/**
 * Names and meaning of the variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter
 */
export function receiverOf(context: Context, asked: string | null): Receiver | null {
  const { env } = context;
  const whole = asked === null ? env["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] : undefined;
  const base = setting(context, "otlp", asked ?? undefined);
  const url = whole || (base ? metricsOf(base) : null);
  if (url === null) return null;
  if (!isCallable(url)) {
    // The part before the last @ may be a password, even if the rest of the address is invalid.
    throw new SeawallError(
      "USAGE",
      `"${redacted(url.replace(/(\/\/)?\S*@/, "$1***@"))}" is not the address of a receiver`,
      {
        hint:
          "Give one such as http://127.0.0.1:4318 (an OpenTelemetry collector) or " +
          "http://127.0.0.1:9090/api/v1/otlp (Prometheus).",
      },
    );
  }
  const { address, authorization } = withoutUser(new URL(url));
  const headers = headersOf(
    env["OTEL_EXPORTER_OTLP_METRICS_HEADERS"] || env["OTEL_EXPORTER_OTLP_HEADERS"] || "",
  );
  return { url: address, headers: { ...authorization, ...headers } };
}

/** A user and a password in an address are sent as basic authentication, and never shown. */
function withoutUser(url: URL): {
  readonly address: string;
  readonly authorization: Readonly<Record<string, string>>;
} {
  if (url.username === "" && url.password === "") return { address: url.href, authorization: {} };
  const basic = Buffer.from(`${decode(url.username)}:${decode(url.password)}`).toString("base64");
  url.username = "";
  url.password = "";
  return { address: url.href, authorization: { authorization: `Basic ${basic}` } };
}

/** The path of metrics below a base address; a query is kept after it. */
function metricsOf(base: string): string {
  const [, address = "", query = ""] = /^([^?#]*)(.*)$/s.exec(base) ?? [];
  const path = address.replace(/\/+$/, "");
  return `${path}${path.endsWith("/v1/metrics") ? "" : "/v1/metrics"}${query}`;
}

/** `name=value,name=value`, values percent-encoded. */
function headersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(",")
      .map((pair) => pair.trim())
      .filter((pair) => pair !== "")
      .map((pair) => {
        const at = pair.indexOf("=");
        if (at < 1)
          throw new SeawallError(
            "USAGE",
            "OTEL_EXPORTER_OTLP_HEADERS must read name=value,name=value",
          );
        return [pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())];
      }),
  );
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
