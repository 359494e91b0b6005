/** Reads how many requests a Varnish sent to each of its backends, from its shared memory. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Tool } from "../core/tools.ts";

const readMs = 5_000;

export interface BackendCount {
  /** As the VCL names it: `live_region_a`. */
  readonly backend: string;
  readonly requests: number;
}

/** Starting a process from the harness costs ten times what varnishstat itself does, so a shell is started once and asked line by line. */
const loop = `while read -r _; do "$VARNISHSTAT" -n "$DIRECTORY" -1 -j -f 'VBE.*.req' | tr -d '\\n'; echo; done`;

export class VarnishReader implements Disposable {
  readonly #shell: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  #failed: Error | null = null;

  constructor(tool: Tool, workDirectory: string, env: Readonly<Record<string, string>>) {
    const varnishstat = tool.companions["varnishstat"];
    if (varnishstat === undefined) throw new Error("this Varnish came without varnishstat");
    this.#shell = spawn("/bin/sh", ["-c", loop], { env: { PATH: "/usr/bin:/bin", ...env, ...tool.env, VARNISHSTAT: varnishstat, DIRECTORY: workDirectory }, stdio: ["pipe", "pipe", "pipe"] });
    this.#shell.stderr.resume();
    const fail = (error: Error): void => { this.#failed ??= error; };
    this.#shell.on("error", fail).on("exit", () => fail(new Error("varnishstat's shell ended")));
    this.#shell.stdin.on("error", fail);
    this.#lines = createInterface({ input: this.#shell.stdout });
  }

  get usable(): boolean {
    return this.#failed === null;
  }

  /** One reading at a time. */
  async read(): Promise<BackendCount[]> {
    if (this.#failed !== null) throw this.#failed;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      // An answer that comes later must not be taken for that of a later question.
      this[Symbol.dispose]();
      reject(new Error("varnishstat did not answer"));
    }, readMs);
    const closed = (): void => reject(this.#failed ?? new Error("varnishstat's shell ended"));
    this.#lines.once("line", resolve).once("close", closed);
    this.#shell.stdin.write("\n");
    try {
      return parseBackends(await promise);
    } finally {
      clearTimeout(timer);
      this.#lines.off("line", resolve).off("close", closed);
    }
  }

  [Symbol.dispose](): void {
    this.#failed ??= new Error("closed");
    this.#shell.kill("SIGKILL");
    this.#lines.close();
  }
}

/** `{"counters":{"VBE.<vcl>.<backend>.req":{"value":12,…}}}`; the VCL's name may change with a reload, the backend's does not. */
export function parseBackends(text: string): BackendCount[] {
  const { counters } = JSON.parse(text) as { counters?: Readonly<Record<string, { readonly value?: number }>> };
  const totals = new Map<string, number>();
  for (const [name, counter] of Object.entries(counters ?? {})) {
    const backend = /^VBE\.[^.]+\.(.+)\.req$/.exec(name)?.[1];
    if (backend !== undefined) totals.set(backend, (totals.get(backend) ?? 0) + (counter.value ?? 0));
  }
  return [...totals].map(([backend, requests]) => ({ backend, requests }));
}

/** Requests to a fill node of the same target, which are none to an origin: it counts those that it makes itself. */
export function isFill(backend: string): boolean {
  return backend.startsWith("fill_");
}

/** `live_region_a` → lane `live`, origin `region_a`. */
export function laneAndOrigin(backend: string): { readonly lane: string; readonly origin: string } {
  const cut = backend.indexOf("_");
  return cut < 0 ? { lane: "junk", origin: backend } : { lane: backend.slice(0, cut), origin: backend.slice(cut + 1).replaceAll("_", "-") };
}
