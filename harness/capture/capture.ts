/** From logs to a trace. */
import { SeawallError } from "../base/errors.ts";
import type { RecordedAddresses } from "../target/recorded.ts";
import type { TraceSummary } from "../trace/trace.ts";
import { Anonymous } from "./anonymous.ts";
import type { FormatName } from "./formats.ts";
import type { Input } from "./inputs.ts";
import { keeping } from "./keep.ts";
import { merged } from "./merge.ts";
import { noCounts, type Request, requestsOf } from "./source.ts";
import { writeTrace } from "./write-trace.ts";

export interface Capturing {
  readonly inputs: readonly Input[];
  readonly out: string;
  /** Null where each input's format is to be found. */
  readonly format: FormatName | null;
  /** Templates of paths that the user lets through. */
  readonly keep: readonly string[];
  readonly packs: readonly RecordedAddresses[];
  readonly numbers: TraceSummary["numbers"];
  readonly signal?: AbortSignal;
  /** For tests alone: a capture makes a key of its own and throws it away. */
  readonly key?: Buffer;
}

/** Throws `TRACE_EMPTY` where no line became a request; then there is no file. */
export async function capture(capturing: Capturing): Promise<TraceSummary> {
  const { inputs, out, format, keep, packs, numbers, signal, key } = capturing;
  const recognisers = [
    ...keep.map(keeping),
    ...packs.map((pack) => (path: string) => pack.recognise(path)),
  ];
  const anonymous = new Anonymous(recognisers, key);
  const counts = noCounts();
  const requests = merged<Request>(
    inputs.map((input) => opening(input, requestsOf(input, format, anonymous, counts))),
  );
  return writeTrace(out, {
    requests: some(requests, () => `${counts.lines} lines: ${leftOutText(counts)}`, signal),
    objects: anonymous.objects,
    counts,
    numbers,
  });
}

async function* opening(
  { name }: Input,
  requests: AsyncGenerator<readonly Request[]>,
): AsyncGenerator<readonly Request[]> {
  try {
    yield* requests;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SeawallError("USAGE", `cannot read ${name}: ${code ?? message}`, { cause: error });
  }
}

async function* some(
  requests: AsyncGenerator<readonly Request[]>,
  leftOut: () => string,
  signal?: AbortSignal,
): AsyncGenerator<readonly Request[]> {
  let any = false;
  for await (const batch of requests) {
    signal?.throwIfAborted();
    any ||= batch.length > 0;
    yield batch;
  }
  if (!any)
    throw new SeawallError("TRACE_EMPTY", `no line became a request: ${leftOut()}`, {
      hint:
        "`--format NAME` names the format of the log, and `--keep PATH` lets other paths " +
        "through.",
    });
}

const reasons = {
  broken: "no request of this format",
  tooLong: "longer than 64 KiB",
  late: "more than 60 s out of order",
  strayTime: "of a clock that is hours off",
  otherMethod: "not GET",
  otherPath: "of another kind of path",
  tooManyObjects: "of more than 4096 kinds of addresses",
  numberTooFar: "with a number far from all others",
} as const;

/** Such as `10 not GET, 2 longer than 64 KiB`. */
export function leftOutText(counts: Partial<Record<keyof typeof reasons, number>>): string {
  const parts = Object.entries(reasons).flatMap(([name, reason]) => {
    const count = counts[name as keyof typeof reasons] ?? 0;
    return count === 0 ? [] : [`${count} ${reason}`];
  });
  return parts.length === 0 ? "none" : parts.join(", ");
}
