/**
 * Runs hermetic tests. Such a test starts no process, so whatever would start one throws here. A
 * process costs more time than most of these tests, and what it does depends on the machine.
 */
import childProcess, { ChildProcess } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import LightRunner from "./light-runner.ts";

function refuse(): never {
  throw new Error(
    "a hermetic test starts no process: name its file *.process.test.ts (CONTRIBUTING.md, Tests)",
  );
}

Object.assign(ChildProcess.prototype, { spawn: refuse });
Object.assign(childProcess, { spawnSync: refuse, execSync: refuse, execFileSync: refuse });
syncBuiltinESMExports();

export default class HermeticRunner extends LightRunner {}
