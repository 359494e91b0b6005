/**
 * Programs that run next to a service: one that answers and ends, or one that is queried line by
 * line.
 */
import { PassThrough, type Duplex } from "node:stream";
import type Docker from "dockerode";
import type { Companion } from "../../target/deployment.ts";
import type { Program } from "../../target/layout.ts";
import type { Container } from "./container.ts";

const withinMs = 10_000;
const marker = "\u0000status ";

export function companionOf(stream: Duplex, docker: Docker): Companion {
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, new PassThrough().resume());
  const ended = new Promise<string>((resolve) => {
    stream
      .once("close", () => resolve("its stream closed"))
      .once("error", (error) => resolve(error.message));
  });
  void ended.then(() => output.end());
  stream.on("error", () => {});
  return { input: stream, output, ended, [Symbol.dispose]: () => stream.destroy() };
}

/** The program's standard output; rejects with its message if its exit status is not 0. */
export async function runBeside(container: Container, program: Program): Promise<string> {
  // The engine reports an exit status only on a second request; the shell prints it in the first.
  const stream = await container.exec(
    ["/bin/sh", "-c", `"$@"; printf '\\0status %d' $?`, "sh", program.command, ...program.args],
    program.env,
  );
  let printed = "";
  container.demux(stream, (text) => {
    printed += text;
  });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => stream.destroy(new Error(`no answer within ${withinMs / 1000} s`)),
      withinMs,
    );
    stream
      .once("end", resolve)
      .once("close", resolve)
      .once("error", reject)
      .once("close", () => clearTimeout(late));
  });
  const cut = printed.lastIndexOf(marker);
  const status = cut < 0 ? "unknown" : printed.slice(cut + marker.length);
  const output = (cut < 0 ? printed : printed.slice(0, cut)).trim();
  if (status !== "0") throw new Error(`exit status ${status}: ${output}`);
  return output;
}
