/**
 * One region's store, cache and origins as real processes, for tests and benchmarks of the origin
 * alone, without packager and edge.
 */
import "../../../targets/live-streaming/tools/recipes.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { provision } from "../../../harness/provision/provision.ts";
import { freePort } from "../../../harness/system/free-port.ts";
import { cacheProgram } from "../../../targets/live-streaming/cache/launch.ts";
import type { EndpointSettings } from "../../../targets/live-streaming/service/configuration.ts";
import { nodeProgram, type Program } from "../../../targets/live-streaming/service/program.ts";
import { storeProgram } from "../../../targets/live-streaming/store/launch.ts";
import type { OriginConfiguration } from "../../../targets/live-streaming/origin/configuration.ts";

export const controlToken = "token-of-this-stack";
export const host = "127.0.0.1";

export async function freeEndpoint(): Promise<EndpointSettings> {
  return { host, port: await freePort(host) };
}

/** A service of the stack. Its output is kept, and its folder is removed with it. */
export class Running {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly #said: Buffer[] = [];
  readonly #directory: string;

  constructor(programIn: (directory: string) => Program, nice = 0) {
    this.#directory = mkdtempSync(join(tmpdir(), "seawall-origin-"));
    const program = programIn(this.#directory);
    for (const [path, text] of Object.entries(program.files)) {
      mkdirSync(dirname(join(this.#directory, path)), { recursive: true });
      writeFileSync(join(this.#directory, path), text);
    }
    const { PATH, HOME } = process.env;
    const command =
      nice === 0
        ? [program.command, ...program.args]
        : ["nice", "-n", String(nice), program.command, ...program.args];
    this.child = spawn(command[0] ?? "", command.slice(1), {
      env: { PATH, HOME, ...program.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (part: Buffer) => this.#said.push(part));
    this.exit = new Promise((done) => this.child.once("exit", (code) => done(code)));
  }

  get said(): string {
    return Buffer.concat(this.#said).toString("utf8");
  }

  /** Resident memory in MiB. */
  rssMiB(): number {
    return (
      Number(
        /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, "utf8"))?.[1],
      ) / 1024
    );
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    const code = await this.exit;
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return code;
  }
}

type Role = "publish" | "read" | "shared" | "forward";

export interface StackOptions {
  readonly publishIsolation?: boolean;
  readonly defences?: Partial<OriginConfiguration["defences"]>;
  readonly edgeTiers?: OriginConfiguration["edgeTiers"];
  /** Of origins that serve reads. */
  readonly niceOfReaders?: number;
  /**
   * Without it there is neither Cassandra nor memcached. The origins then wait for them forever,
   * and answer what needs neither.
   */
  readonly store?: boolean;
}

export interface Stack extends AsyncDisposable {
  readonly publish: Running;
  readonly read: Running;
  readonly cql: EndpointSettings;
  readonly at: Readonly<
    Record<"publish" | "publishControl" | "feed" | "read" | "readControl", EndpointSettings>
  >;
  /** Another process for the same role, after the first has ended. */
  restart(role: "publish" | "read"): Promise<Running>;
}

export const main = resolve(import.meta.dirname, "../../../targets/live-streaming/origin/main.ts");

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { store = true, publishIsolation = true } = options;
  const names = [
    "publish",
    "publishControl",
    "feed",
    "read",
    "readControl",
    "cql",
    "storage",
    "memcached",
  ] as const;
  const at = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await freeEndpoint()] as const)),
  ) as Record<(typeof names)[number], EndpointSettings>;
  const running: Running[] = [];
  const start = (programIn: (directory: string) => Program, nice?: number): Running => {
    const started = new Running(programIn, nice);
    running.push(started);
    return started;
  };
  if (store) {
    const tools = await provision(["cassandra", "memcached"], { env: process.env });
    start((directory) =>
      storeProgram({
        java: tools.cassandra.executable,
        env: tools.cassandra.env,
        jars: tools.cassandra.directory,
        directory,
        storage: at.storage,
        cql: at.cql,
        seeds: [at.storage],
        dataCentre: "region-a",
        rack: "region-a-1",
        token: "0",
        heapMb: 512,
      }),
    );
    start(() => cacheProgram({ memcached: tools.memcached, listen: at.memcached, memoryMb: 128 }));
  }
  const launch = (role: Role): Running =>
    start(
      (directory) =>
        nodeProgram({
          node: { executable: process.execPath, args: [], env: {} },
          main,
          directory,
          cacheDirectory: join(tmpdir(), "seawall-compile-cache"),
          heapMb: 256,
          configuration: configurationOf(role, at, options),
        }),
      role === "read" || role === "shared" ? options.niceOfReaders : 0,
    );
  const startRole = (role: "publish" | "read"): Running =>
    launch(publishIsolation ? role : role === "publish" ? "forward" : "shared");
  let [publish, read] = [startRole("publish"), startRole("read")];
  const ready = (role: "publish" | "read", of: Running): Promise<void> =>
    store ? untilReady(at[role], of) : untilLive(at[role]);
  const stop = async (): Promise<void> =>
    void (await Promise.all(running.map((each) => each.stop("SIGKILL"))));
  await Promise.all([ready("publish", publish), ready("read", read)]).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  return {
    get publish() {
      return publish;
    },
    get read() {
      return read;
    },
    at,
    cql: at.cql,
    async restart(role) {
      const again = startRole(role);
      if (role === "publish") publish = again;
      else read = again;
      await ready(role, again);
      return again;
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configurationOf(
  role: Role,
  at: Record<string, EndpointSettings>,
  options: StackOptions,
): object {
  const end = (name: string): EndpointSettings => at[name] as EndpointSettings;
  if (role === "forward") {
    return {
      role,
      region: "region-a",
      listen: end("publish"),
      control: end("publishControl"),
      feedListen: end("feed"),
      to: { http: end("read"), control: end("readControl") },
    };
  }
  return {
    role,
    region: "region-a",
    event: "main",
    renditions: ["v720", "v360"],
    pipelines: ["a", "b", "c"],
    ownPipelines: ["a", "b"],
    dvrWindowSegments: 1800,
    listen: end(role === "publish" ? "publish" : "read"),
    control: end(role === "publish" ? "publishControl" : "readControl"),
    controlToken,
    feedListen: role === "publish" ? end("feed") : null,
    feeds: role === "read" ? [end("feed")] : [],
    edgeTiers: options.edgeTiers ?? [],
    store: {
      kind: "cassandra",
      nodes: [{ contact: end("cql"), local: end("cql") }],
      dataCentre: "region-a",
      dataCentres: [{ name: "region-a", nodes: 1 }],
      copiesMax: 3,
      createsSchema: role !== "read",
    },
    memcached: [end("memcached")],
    defences: {
      candidateSelection: true,
      negativeCache: true,
      holdOpen: true,
      metadataCache: true,
      feedCatchUp: true,
      chunkCache: true,
      priorityShedding: true,
      notifications: true,
      adaptiveConcurrency: true,
      ...options.defences,
    },
  } satisfies OriginConfiguration;
}

async function untilReady(at: EndpointSettings, running: Running): Promise<void> {
  for (
    let tries = 0;
    !(await fetch(`http://${at.host}:${at.port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    ));
    tries += 1
  ) {
    if (tries > 600 || running.child.exitCode !== null)
      throw new Error(`an origin is not ready: ${running.said.slice(-1_000)}`);
    await sleep(100);
  }
}

async function untilLive(at: EndpointSettings): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (
      await fetch(`http://${at.host}:${at.port}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error("an origin does not answer");
}

export const url = (at: EndpointSettings, path: string): string =>
  `http://${at.host}:${at.port}${path}`;
export const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("hex");

export function putHeaders(body: Buffer, pipeline = "a"): Record<string, string> {
  return {
    "x-sha256": sha256(body),
    "x-pipeline": pipeline,
    "x-token": `${Date.now()}-${randomBytes(16).toString("hex")}`,
  };
}
