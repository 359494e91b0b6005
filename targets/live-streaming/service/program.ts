/**
 * How a service's process starts: the result of the launch functions beside the services, which
 * depend on their arguments only.
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

/** One of the target's own services: Node runs its main.ts, with one configuration file. */
export function nodeProgram(service: NodeService): Program {
  return {
    command: service.node.executable,
    args: [
      ...service.node.args,
      `--max-old-space-size=${service.heapMb}`,
      service.main,
      `${service.directory}/configuration.json`,
    ],
    // Caches compiled modules between runs, which saves a third of a TypeScript process's start-up.
    env: {
      ...service.node.env,
      NODE_COMPILE_CACHE: `${service.cacheDirectory}/node-compile-cache`,
      NODE_NO_WARNINGS: "1",
    },
    files: { "configuration.json": `${JSON.stringify(service.configuration, null, 2)}\n` },
  };
}
