/**
 * How one service's process is started: what the launch functions beside the services compute, all
 * from their arguments.
 */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Relative to the service's own folder. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Executable {
  readonly executable: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface NodeService {
  readonly node: Executable;
  readonly main: string;
  readonly directory: string;
  readonly cacheDirectory: string;
  readonly heapMb: number;
  readonly configuration: object;
}

/** A service of our own: Node on a main.ts, which takes its configuration from one file. */
export function nodeProgram(service: NodeService): Program {
  return {
    command: service.node.executable,
    args: [
      ...service.node.args,
      `--max-old-space-size=${service.heapMb}`,
      service.main,
      `${service.directory}/configuration.json`,
    ],
    // Compiled modules are kept between runs: a third of the start-up of a process that reads
    // TypeScript.
    env: {
      ...service.node.env,
      NODE_COMPILE_CACHE: `${service.cacheDirectory}/node-compile-cache`,
      NODE_NO_WARNINGS: "1",
    },
    files: { "configuration.json": `${JSON.stringify(service.configuration, null, 2)}\n` },
  };
}
