/**
 * An Alertmanager for tests: the one that SEAWALL_ALERTMANAGER names, one of the PATH, or one that
 * Go builds once. Debian's needs files outside its own folder. Null if there is none.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { programsInPath } from "../../../harness/provision/tools/program.ts";

const version = "0.28.1";
const module = `github.com/prometheus/alertmanager/cmd/alertmanager@v${version}`;
/** Its release builds set it the same way. */
const ldflags = `-X github.com/prometheus/common/version.Version=${version}`;

export function alertmanagerHere(): string | null {
  const named = process.env["SEAWALL_ALERTMANAGER"];
  if (named !== undefined && existsSync(named)) return named;
  const inPath = programsInPath("alertmanager", process.env)[0]?.executable;
  if (inPath !== undefined) return inPath;
  const cache =
    process.env["SEAWALL_CACHE"] ||
    join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");
  const folder = join(cache, "test-tools");
  const built = join(folder, "alertmanager");
  if (existsSync(built)) return built;
  const go = programsInPath("go", process.env)[0]?.executable;
  if (go === undefined) return null;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync(go, ["install", "-ldflags", ldflags, module], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: "-buildvcs=false", CGO_ENABLED: "0" },
      stdio: "ignore",
      timeout: 600_000,
    });
  } catch {
    return null;
  }
  return existsSync(built) ? built : null;
}
