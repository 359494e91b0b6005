/** `seawall capture LOG…`: makes an anonymous trace of logs, for a replay. */
import { Option } from "commander";
import { resolve } from "node:path";
import { exitCodes, SeawallError } from "../../base/errors.ts";
import { loadPacks } from "../../app/packs.ts";
import { capture, leftOutText } from "../../capture/capture.ts";
import { type FormatName, formatNames } from "../../capture/formats.ts";
import { fileInput, type Input } from "../../capture/inputs.ts";
import type { Context } from "../../app/context.ts";
import { packs } from "../../target/packs.ts";
import type { TraceSummary } from "../../trace/trace.ts";
import type { Define } from "../command.ts";

interface CaptureFlags {
  readonly out: string;
  readonly format?: FormatName;
  readonly keep: readonly string[];
  readonly absoluteNumbers?: boolean;
  readonly json?: boolean;
}

const collected = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
];

export const defineCapture: Define = (program, context, end) =>
  program
    .command("capture")
    .description("make an anonymous trace of logs, which a load can replay")
    .argument("<log...>", "logs of one time, plain, gzip or zstd; - is standard input")
    .requiredOption("--out <file>", "the trace to write")
    .addOption(
      new Option(
        "--format <name>",
        "the format of all logs; without it, each is recognised",
      ).choices(formatNames),
    )
    .option(
      "--keep <path>",
      "also keep requests of this path; {name}, {number} and * stand for parts; repeatable",
      collected,
      [],
    )
    .option("--absolute-numbers", "keep numbers in paths as they are, as for recordings on demand")
    .option("--json", "print what the trace holds as JSON")
    .action(async (logs: readonly string[], flags: CaptureFlags) =>
      end(await captureLogs(context, logs, flags)),
    );

export async function captureLogs(
  context: Context,
  logs: readonly string[],
  flags: CaptureFlags,
): Promise<number> {
  await loadPacks(context);
  const out = resolve(context.cwd, flags.out);
  const inputs = logs.map(
    (log): Input =>
      log === "-"
        ? { name: "standard input", open: () => context.stdin() }
        : fileInput(resolve(context.cwd, log)),
  );
  if (inputs.some(({ name }) => name === out))
    throw new SeawallError("USAGE", `${flags.out} is one of the logs, and must not be overwritten`);
  if (new Set(inputs.map(({ name }) => name)).size < inputs.length)
    throw new SeawallError("USAGE", "one log is named twice");
  const summary = await capture({
    inputs,
    out,
    format: flags.format ?? null,
    keep: flags.keep,
    signal: context.signal,
    packs: packs().flatMap(({ recorded }) => recorded ?? []),
    numbers: flags.absoluteNumbers === true ? "absolute" : "relative",
  });
  if (flags.json === true) context.stdout.json(summary);
  else context.stdout.write(`${traceText(flags.out, summary).join("\n")}\n`);
  return exitCodes.held;
}

function traceText(out: string, summary: TraceSummary): string[] {
  const { requests, sessions, spanMs, peakPerSecond, kinds, lines, leftOut } = summary;
  return [
    `${out}: ${requests} requests of about ${sessions} sessions in ${spanMs / 1000} s, at most ` +
      `${peakPerSecond} a second`,
    `  ${Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
    `  ${lines} lines were read; left out: ${leftOutText(leftOut)}`,
    ...(summary.otherEncoding === 0
      ? []
      : [`  ${summary.otherEncoding} lines are not UTF-8, and were read byte by byte`]),
    ...(summary.cutOff === 0 ? [] : [`  ${summary.cutOff} logs end in the middle`]),
    ...(summary.clockMs <= 1
      ? []
      : [`  the clock of the logs has ${summary.clockMs} ms; requests are spread over them`]),
  ];
}
