/** Reads from a Varnish's shared memory how many requests it sent to each backend. */
import { createInterface, type Interface } from "node:readline";
import type { Companion } from "../../../../harness/target/deployment.ts";
import type { Place, Program } from "../../../../harness/target/layout.ts";

const readMs = 5_000;

export interface BackendCount {
  /** The backend's name in the VCL: `live_region_a`. */
  readonly backend: string;
  readonly requests: number;
}

/**
 * A shell that runs varnishstat once per input line. To start a process from the harness costs ten
 * times what varnishstat itself does. Shared memory outlives its Varnish, and varnishstat would
 * still read it. So the shell checks the index's first line, `# <pid> <start>`, and skips a process
 * that is gone. An answer is `<pid> <start>{…}` or an empty line.
 */
const loop = `while read -r _; do life=
  { read -r _ life < "$DIRECTORY/_.vsm_mgt/_.index"; } 2>/dev/null
  if [ -n "$life" ] && [ -d "/proc/\${life%% *}" ]; then
    printf %s "$life"
    "$VARNISHSTAT" -n "$DIRECTORY" -1 -j -f 'VBE.*.req' -f MAIN.client_req | tr -d '\\n'
  fi
  echo
done`;

/** The program to start beside a Varnish, for {@link VarnishReader}. */
export function varnishstatLoop(place: Place, workDirectory: string): Program {
  const { companions, env } = place.tool("varnish");
  const varnishstat = companions["varnishstat"];
  if (varnishstat === undefined) throw new Error("this Varnish came without varnishstat");
  return {
    command: "/bin/sh",
    args: ["-c", loop],
    env: {
      PATH: "/usr/bin:/bin",
      ...env,
      VARNISHSTAT: varnishstat,
      DIRECTORY: `${place.directory}/${workDirectory}`,
    },
  };
}

export class VarnishReader implements Disposable {
  readonly #shell: Companion;
  readonly #lines: Interface;
  #failed: Error | null = null;

  constructor(shell: Companion) {
    this.#shell = shell;
    const fail = (error: Error): void => {
      this.#failed ??= error;
    };
    void shell.ended.then((why) => fail(new Error(`varnishstat's shell ended: ${why}`)));
    shell.input.on("error", fail);
    this.#lines = createInterface({ input: shell.output });
  }

  get usable(): boolean {
    return this.#failed === null;
  }

  /** One reading at a time; null while no Varnish runs there. */
  async read(): Promise<VarnishReading | null> {
    if (this.#failed !== null) throw this.#failed;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      // A late answer must not be taken for that of a later question.
      this[Symbol.dispose]();
      reject(new Error("varnishstat did not answer"));
    }, readMs);
    const closed = (): void => reject(this.#failed ?? new Error("varnishstat's shell ended"));
    this.#lines.once("line", resolve).once("close", closed);
    this.#shell.input.write("\n");
    try {
      return parseReading(await promise);
    } finally {
      clearTimeout(timer);
      this.#lines.off("line", resolve).off("close", closed);
    }
  }

  [Symbol.dispose](): void {
    this.#failed ??= new Error("closed");
    this.#shell[Symbol.dispose]();
    this.#lines.close();
  }
}

/** The counters of one Varnish. */
export interface VarnishReading {
  /** Changes with each start. */
  readonly life: string;
  /** Client requests; null if it does not report them. */
  readonly asked: number | null;
  readonly counts: readonly BackendCount[];
}

/** `4711 1796031073{"counters":…}`; null for an empty line. */
function parseReading(line: string): VarnishReading | null {
  const begins = line.indexOf("{");
  if (line === "") return null;
  const counters = countersIn(line.slice(Math.max(0, begins)));
  return {
    life: line.slice(0, Math.max(0, begins)),
    asked: counters["MAIN.client_req"]?.value ?? null,
    counts: backendsIn(counters),
  };
}

/**
 * `{"counters":{"VBE.<vcl>.<backend>.req":{"value":12,…}}}`. The VCL's name may change with a
 * reload, the backend's does not.
 */
export function parseBackends(text: string): BackendCount[] {
  return backendsIn(countersIn(text));
}

type Counters = Readonly<Record<string, { readonly value?: number }>>;

function countersIn(text: string): Counters {
  return (JSON.parse(text) as { counters?: Counters }).counters ?? {};
}

function backendsIn(counters: Counters): BackendCount[] {
  const totals = new Map<string, number>();
  for (const [name, counter] of Object.entries(counters)) {
    const backend = /^VBE\.[^.]+\.(.+)\.req$/.exec(name)?.[1];
    if (backend !== undefined)
      totals.set(backend, (totals.get(backend) ?? 0) + (counter.value ?? 0));
  }
  return [...totals].map(([backend, requests]) => ({ backend, requests }));
}

export interface OriginGets {
  readonly lane: string;
  readonly origin: string;
  readonly requests: number;
}

/**
 * Requests to a fill node of the same target are not origin requests, because the fill node counts
 * its own. An edge that knows fill nodes only reports zero, which distinguishes it from an edge
 * that was not read.
 */
export function originGetsOf(counts: readonly BackendCount[]): readonly OriginGets[] {
  const own = counts.filter(({ backend }) => !backend.startsWith("fill_"));
  if (own.length === 0 && counts.length > 0) return [{ lane: "live", origin: "none", requests: 0 }];
  return own.map(({ backend, requests }) => ({ ...laneAndOrigin(backend), requests }));
}

/** `live_region_a` → lane `live`, origin `region_a`. */
function laneAndOrigin(backend: string): { readonly lane: string; readonly origin: string } {
  const cut = backend.indexOf("_");
  return cut < 0
    ? { lane: "junk", origin: backend }
    : { lane: backend.slice(0, cut), origin: backend.slice(cut + 1).replaceAll("_", "-") };
}
