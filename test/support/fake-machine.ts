/**
 * A simulated machine for tests, made of folders and small shell scripts, so that the real one is
 * neither read nor changed.
 */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FindContext } from "../../harness/provision/find.ts";
import { ToolCache } from "../../harness/provision/cache.ts";
import { Rejected } from "../../harness/provision/recipe.ts";

export interface FakeMachine extends Disposable {
  readonly folder: string;
  /** The only folder in its PATH besides those of the shell. */
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
  /** Puts a program of this name into `bin`, and returns its path. */
  readonly install: (name: string, script: string) => string;
}

export function fakeMachine(): FakeMachine {
  const folder = mkdtempSync(join(tmpdir(), "seawall-machine-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  return {
    folder,
    bin,
    env: { PATH: bin, SEAWALL_CACHE: join(folder, "cache"), HOME: folder },
    install: (name, script) => installScript(join(bin, name), script),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function installScript(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

export function findContext({ env }: FakeMachine): FindContext {
  return {
    env,
    signal: undefined,
    cache: new ToolCache(env),
    java: () => Promise.reject(new Rejected("no Java on this machine")),
  };
}
