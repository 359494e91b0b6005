import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * A fake npm that installs a Node 24 after this many seconds: a script that answers with its
 * version and otherwise prints its arguments.
 */
const goodNpm = (seconds = 0): string => `
echo "npm talks on its standard output"
echo installed >> "$SEAWALL_TEST/installs"
for folder in "$@"; do :; done
[ -f "$folder/package-lock.json" ] && [ -f "$folder/.npmrc" ] || exit 1
sleep ${seconds}
mkdir -p "$folder/node_modules/node/bin"
printf '#!/bin/sh\\ncase $1 in -p) echo 24;; *) echo "$$ $PWD $*";; esac\\n' \\
  > "$folder/node_modules/node/bin/node"
chmod +x "$folder/node_modules/node/bin/node"`;

let project: string;
let bin: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "seawall bootstrap-"));
  bin = join(project, "bin");
  mkdirSync(join(project, "harness"));
  mkdirSync(bin);
  cpSync(join(root, "seawall"), join(project, "seawall"));
  cpSync(join(root, "harness/bootstrap.sh"), join(project, "harness/bootstrap.sh"));
  for (const name of ["package.json", "package-lock.json", ".npmrc"])
    writeFileSync(join(project, name), "{}");
  program("npm", goodNpm());
  program("node", "case $1 in -p) echo 20;; --version) echo v20.0.0;; esac");
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

const environment = () => ({ PATH: `${bin}:/usr/bin:/bin`, SEAWALL_TEST: project, HOME: project });

function bootstrap(env: NodeJS.ProcessEnv = environment()) {
  return spawnSync("/bin/sh", [join(project, "harness/bootstrap.sh")], { env, encoding: "utf8" });
}

const aside = (): string[] =>
  readdirSync(project).filter((name) => name.startsWith(".seawall-installing"));

const installs = () =>
  existsSync(join(project, "installs"))
    ? readFileSync(join(project, "installs"), "utf8").trim().split("\n").length
    : 0;
const stamped = () => existsSync(join(project, "node_modules/.seawall-stamp"));

describe("bootstrap.sh", () => {
  it("installs once, and again after the lock file changed; standard output stays clean", () => {
    expect(bootstrap()).toMatchObject({ status: 0, stdout: "" });
    expect(bootstrap()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(installs()).toBe(1);
    appendFileSync(join(project, "package-lock.json"), "\n");
    expect(bootstrap().status).toBe(0);
    expect(installs()).toBe(2);
  });

  it("leaves complete packages after concurrent calls, over old ones too", async () => {
    program("npm", goodNpm(1));
    const one = () =>
      new Promise<number>((resolve) => {
        const child = execFile("/bin/sh", [join(project, "harness/bootstrap.sh")], {
          env: environment(),
        });
        child.once("exit", (code) => resolve(code ?? -1));
      });
    for (const _round of ["new", "changed"]) {
      appendFileSync(join(project, "package-lock.json"), "\n");
      expect(await Promise.all([one(), one(), one()])).toEqual([0, 0, 0]);
      expect(readdirSync(join(project, "node_modules")).sort()).toEqual([".seawall-stamp", "node"]);
      expect(bootstrap()).toMatchObject({ status: 0, stderr: "" });
      expect(aside()).toEqual([]);
    }
  });

  it("keeps the existing packages until the new ones are complete", async () => {
    expect(bootstrap().status).toBe(0);
    appendFileSync(join(project, "package-lock.json"), "\n");
    program("npm", goodNpm(30));
    const child = spawn("/bin/sh", [join(project, "harness/bootstrap.sh")], {
      env: environment(),
      stdio: "ignore",
    });
    while (aside().length === 0) await new Promise((wake) => setTimeout(wake, 20));
    child.kill("SIGTERM");
    expect((await once(child, "exit"))[0]).toBe(143);
    expect([stamped(), aside()]).toEqual([true, []]);
  });

  it("can be sourced by a script of harness/ with `set -eu`", () => {
    writeFileSync(
      join(project, "harness/check.sh"),
      `set -eu\n. "${project}/harness/bootstrap.sh"\necho "$SEAWALL_NODE"\n`,
    );
    const { stdout } = spawnSync("/bin/sh", [join(project, "harness/check.sh")], {
      env: environment(),
      encoding: "utf8",
    });
    expect(stdout).toBe(`${project}/node_modules/node/bin/node\n`);
  });

  it("removes the remains of a killed call, and leaves a running one alone", () => {
    const { pid } = spawnSync("true");
    mkdirSync(join(project, `.seawall-installing.${pid}`));
    mkdirSync(join(project, `.seawall-installing.${process.pid}`));
    expect(bootstrap().status).toBe(0);
    expect(aside()).toEqual([`.seawall-installing.${process.pid}`]);
  });

  it("leaves no stamp if npm fails, so that the next call installs again", () => {
    program("npm", "echo npm is unhappy; exit 1");
    const { status, stdout, stderr } = bootstrap();
    expect({ status, stdout }).toEqual({ status: 70, stdout: "" });
    expect(stderr).toContain("npm is unhappy");
    expect(stderr).toContain("npm ci failed");
    expect([stamped(), aside()]).toEqual([false, []]);
    program("npm", goodNpm());
    expect(bootstrap().status).toBe(0);
  });

  it("leaves no stamp if Node 24 is missing or does not run", () => {
    program("npm", 'for folder in "$@"; do :; done; mkdir -p "$folder/node_modules/node/bin"');
    expect(bootstrap()).toMatchObject({
      status: 70,
      stderr: expect.stringContaining("brought no Node 24 that runs here"),
    });
    expect(stamped()).toBe(false);
  });

  it("reports a missing node or npm, or a node that is too old", () => {
    program("node", "case $1 in -p) echo 18;; --version) echo v18.0.0;; esac");
    expect(bootstrap()).toMatchObject({
      status: 70,
      stderr: expect.stringContaining("the one in PATH is v18.0.0"),
    });
    rmSync(join(bin, "node"));
    for (const name of ["dirname", "cmp", "readlink"])
      symlinkSync(`/usr/bin/${name}`, join(bin, name));
    expect(bootstrap({ ...environment(), PATH: bin })).toMatchObject({
      status: 70,
      stderr: expect.stringContaining("there is no node"),
    });
  });
});

describe("seawall", () => {
  it("becomes Node 24, from any folder and through links, with its arguments", async () => {
    expect(bootstrap().status).toBe(0);
    const elsewhere = join(project, "else where");
    mkdirSync(elsewhere);
    symlinkSync(join(project, "seawall"), join(elsewhere, "link"));
    const child = spawnSync(join(elsewhere, "link"), ["run", "a b"], {
      cwd: elsewhere,
      env: environment(),
      encoding: "utf8",
    });
    const [pid, ...rest] = child.stdout.trim().split(" ");
    expect(Number(pid)).toBe(child.pid);
    expect(rest.join(" ")).toBe(
      `${elsewhere} --disable-warning=ExperimentalWarning ${project}/harness/main.ts run a b`,
    );
  });
});
