import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UndoEntry } from "../record/undo.ts";
import { isSameProcess, processesOfRun, runVariable, statOf } from "../system/processes.ts";
import { straysOf } from "../system/strays.ts";
import { undoOn } from "../substrates/registry.ts";
import { FileLedger, ledgerFormat, parseLedger } from "./ledger.ts";
import { leftRun, leftRuns } from "./left-runs.ts";
import { recoverRun, tracesOf } from "./recovery.ts";

let state = "";
let children: ChildProcess[] = [];
beforeEach(() => {
  state = join(mkdtempSync(join(tmpdir(), "seawall-ledger-")), "state");
});
afterEach(() => {
  for (const child of children) {
    try {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
      // gone, as expected
    }
  }
  children = [];
  rmSync(join(state, ".."), { recursive: true, force: true });
});

const runId = `20261121T000000Z-${process.pid}`;
const folder = (name: string): UndoEntry => ({ kind: "directory", path: join(state, "..", name) });
const onlyRun = (): ReturnType<typeof leftRuns>[number] => {
  const [left, ...more] = leftRuns(state);
  if (left === undefined || more.length > 0) throw new Error("expected exactly one ledger");
  return left;
};

/** A sleeping child in its own group. */
async function sleeper(
  marked: string | null,
): Promise<{ pid: number; entry: UndoEntry & { kind: "processGroup" }; ended: Promise<unknown> }> {
  const child = spawn("sleep", ["60"], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], ...(marked === null ? {} : { [runVariable]: marked }) },
  });
  children.push(child);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  return {
    pid,
    entry: {
      kind: "processGroup",
      service: "sleep",
      pid,
      startTicks: statOf(pid)?.startTicks ?? 0,
    },
    ended: once(child, "exit"),
  };
}

/** A zombie counts as dead. */
const lives = ({
  entry,
}: {
  readonly entry: { readonly pid: number; readonly startTicks: number };
}): boolean => isSameProcess(entry.pid, entry.startTicks);

/** Makes a ledger look like that of a dead process. */
function orphan(): void {
  const path = join(state, `${runId}.ndjson`);
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(
      `"pid":${process.pid},"startTicks":${statOf(process.pid)?.startTicks}`,
      `"pid":${process.pid},"startTicks":1`,
    ),
  );
}

describe("a ledger", () => {
  it("contains what must be undone, and no longer what was", () => {
    const ledger = new FileLedger(state, runId, "/runs/one");
    ledger.record(folder("a"));
    const undone = ledger.record(folder("b"));
    ledger.record(folder("c"));
    undone();
    expect(onlyRun()).toMatchObject({
      runId,
      directory: "/runs/one",
      ownerPid: process.pid,
      alive: true,
      entries: [folder("a"), folder("c")],
    });
    ledger.close();
    expect(onlyRun().entries).toHaveLength(2);
    ledger.remove();
    expect(leftRuns(state)).toEqual([]);
    expect(readdirSync(state)).toEqual([]);
  });

  it("is on disk before the caller continues", () => {
    const ledger = new FileLedger(state, runId, "");
    ledger.record(folder("a"));
    expect(
      readFileSync(join(state, `${runId}.ndjson`), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => Object.keys(JSON.parse(line) as object)[0]),
    ).toEqual(["owner", "entry"]);
    ledger.close();
  });

  it("loses at most the torn line, at whatever byte", () => {
    const ledger = new FileLedger(state, runId, "");
    for (const name of ["a", "b", "c"]) ledger.record(folder(name));
    ledger.close();
    const path = join(state, `${runId}.ndjson`);
    const text = readFileSync(path, "utf8");
    for (let length = text.length; length >= 0; length--) {
      truncateSync(path, length);
      const whole = text
        .slice(0, length)
        .split("\n")
        .filter(
          (line) => text.includes(`${line}\n`) && line.includes('"entry"') && line.endsWith("}"),
        );
      const left = onlyRun();
      expect(left.entries.length, String(length)).toBe(whole.length);
      expect(left.runId).toBe(runId);
    }
    expect(onlyRun()).toMatchObject({ alive: false, entries: [] });
  });

  it("can be read despite invalid lines", () => {
    const ledger = new FileLedger(state, runId, "");
    appendFileSync(join(state, `${runId}.ndjson`), 'null\n7\n"x"\n[]\n{}\nrubbish\n');
    ledger.record(folder("a"));
    ledger.close();
    expect(onlyRun().entries).toEqual([folder("a")]);
  });

  it("belongs to one run only", () => {
    const ledger = new FileLedger(state, runId, "");
    expect(() => new FileLedger(state, runId, "")).toThrow(
      expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
    );
    expect(onlyRun().alive).toBe(true);
    ledger.close();
  });

  it("ignores an undo mark after it was closed, without touching another file", () => {
    const ledger = new FileLedger(state, runId, "");
    const undone = ledger.record(folder("a"));
    ledger.close();
    ledger.close();
    const next = new FileLedger(state, "next", "");
    undone();
    next.close();
    expect(readFileSync(join(state, "next.ndjson"), "utf8")).not.toContain("undone");
  });

  it("explains what to do if it cannot be written", () => {
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, "file"), "");
    expect(() => new FileLedger(join(state, "file"), runId, "")).toThrow(
      expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
    );
    expect(leftRuns(join(state, "nowhere"))).toEqual([]);
  });
});

describe("unreadable ledgers", () => {
  const dead = (name: string): void => {
    mkdirSync(state, { recursive: true });
    const owner = { runId: name, pid: 2 ** 22 + 1, startTicks: 1, directory: "" };
    const lines = [{ owner }, { entry: folder("a"), id: 0 }];
    writeFileSync(
      join(state, `${name}.ndjson`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  };

  it("are named, and hide no other one: dangling links and folders", async () => {
    dead("dead");
    symlinkSync("/nowhere/gone", join(state, "link.ndjson"));
    mkdirSync(join(state, "place.ndjson"));
    mkdirSync(join(state, "..", "a"));
    const runs = leftRuns(state);
    expect(runs.map(({ runId: id, unread, alive }) => [id, unread.length, alive])).toEqual([
      ["dead", 0, false],
      ["link", 1, false],
      ["place", 1, false],
    ]);
    const [, link] = runs;
    expect(await recoverRun(link as NonNullable<typeof link>)).toEqual([
      expect.stringMatching(/^its ledger .*link\.ndjson \(ENOENT\), which cannot be read here$/),
    ]);
    expect(await recoverRun(leftRun(state, "dead") as NonNullable<typeof link>)).toEqual([]);
    expect(existsSync(join(state, "..", "a"))).toBe(false);
    expect(readdirSync(state)).toEqual(["link.ndjson", "place.ndjson"]);
  });

  it("that vanish during the scan belonged to runs that ended", () => {
    dead("dead");
    expect(leftRun(state, "ended")).toBeUndefined();
    writeFileSync(state.replace(/state$/, "file"), "");
    expect(() => leftRuns(state.replace(/state$/, "file"))).toThrow(
      expect.objectContaining({ code: "MACHINE_DIRTY" }),
    );
  });

  it("of a newer version are undone as far as they are known, and kept", async () => {
    mkdirSync(join(state, "..", "a"), { recursive: true });
    mkdirSync(state, { recursive: true });
    const lines = [
      {
        owner: {
          format: "seawall-ledger/9",
          runId,
          pid: 2 ** 22 + 1,
          startTicks: 1,
          directory: "",
        },
      },
      { entry: folder("a"), id: 0 },
      { entry: { kind: "virtualMachine", name: "one" }, id: 1 },
      { entry: { kind: "virtualMachine", name: "two" }, id: 2 },
      { undone: 2 },
    ];
    writeFileSync(
      join(state, `${runId}.ndjson`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const remaining = await recoverRun(onlyRun());
    expect(remaining).toEqual([
      expect.stringContaining("seawall-ledger/9"),
      expect.stringContaining("virtualMachine"),
    ]);
    expect(existsSync(join(state, "..", "a"))).toBe(false);
    expect(leftRuns(state)).toHaveLength(1);
  });

  it("contain pids that are invalid after a reboot", async () => {
    const child = await sleeper(null);
    mkdirSync(state, { recursive: true });
    const owner = {
      format: ledgerFormat,
      runId,
      pid: process.pid,
      startTicks: statOf(process.pid)?.startTicks,
      epoch: "another boot",
      directory: "",
    };
    writeFileSync(
      join(state, `${runId}.ndjson`),
      `${JSON.stringify({ owner })}\n${JSON.stringify({ entry: child.entry, id: 0 })}\n`,
    );
    expect(onlyRun().alive).toBe(false);
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect(lives(child)).toBe(true);
  });
});

describe("recovery", () => {
  it("ignores a living owner", async () => {
    const ledger = new FileLedger(state, runId, "");
    expect(onlyRun().alive).toBe(true);
    ledger.close();
    // Where start times cannot be read, any process with that pid counts as alive.
    const path = join(state, `${runId}.ndjson`);
    writeFileSync(
      path,
      JSON.stringify({ owner: { runId, pid: process.pid, startTicks: 0, directory: "" } }),
    );
    expect(onlyRun().alive).toBe(true);
    writeFileSync(
      path,
      JSON.stringify({ owner: { runId, pid: process.pid, startTicks: 1, directory: "" } }),
    );
    expect(onlyRun().alive).toBe(false);
  });

  it("ends the ledger's process groups, removes folders and then the ledger", async () => {
    const ledger = new FileLedger(state, runId, "");
    const child = await sleeper(null);
    ledger.record(child.entry);
    mkdirSync(join(state, "..", "a", "deep"), { recursive: true });
    ledger.record(folder("a"));
    ledger.record(folder("never-made"));
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun())).toEqual([]);
    await child.ended;
    expect(lives(child)).toBe(false);
    expect(existsSync(join(state, "..", "a"))).toBe(false);
    expect(leftRuns(state)).toEqual([]);
  });

  it("ends a group whose leader is dead, even without the run's mark in it", async () => {
    const ledger = new FileLedger(state, runId, "");
    const leader = spawn("sh", ["-c", "env -i sleep 60 & echo $!; sleep 0.2"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(leader);
    const pid = leader.pid ?? 0;
    ledger.record({
      kind: "processGroup",
      service: "nginx",
      pid,
      startTicks: statOf(pid)?.startTicks ?? 0,
    });
    const [output] = (await once(leader.stdout, "data")) as [Buffer];
    await once(leader, "exit");
    const worker = Number(output);
    expect(statOf(worker)).toMatchObject({ group: pid, state: "S" });
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect([null, "Z"]).toContain(statOf(worker)?.state ?? null);
  });

  it("ends a daemonised program by its working folder", async () => {
    const ledger = new FileLedger(state, runId, "");
    mkdirSync(join(state, "..", "a"));
    ledger.record(folder("a"));
    const daemon = spawn("env", ["-i", "setsid", "--fork", "sleep", "61"], {
      cwd: join(state, "..", "a"),
      stdio: "ignore",
    });
    await once(daemon, "exit");
    ledger.close();
    orphan();
    const strayPids = (): number[] => straysOf(tracesOf(onlyRun())).map(({ pid }) => pid);
    await expect.poll(() => strayPids().length).toBe(1);
    const [pid] = strayPids();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect([null, "Z"]).toContain(statOf(pid ?? 0)?.state ?? null);
  });

  it("ends a listener on a port of the run, if the run may have started it", async () => {
    const ledger = new FileLedger(state, runId, "");
    const serve =
      "require('net').createServer().listen(0, '127.9.8.7', function () { " +
      "console.log(this.address().port) })";
    const server = spawn("env", ["-i", process.execPath, "-e", serve], {
      cwd: "/",
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    children.push(server);
    const [output] = (await once(server.stdout, "data")) as [Buffer];
    ledger.record({ kind: "ports", endpoints: [{ host: "127.9.8.7", port: Number(output) }] });
    ledger.close();
    orphan();
    const left = onlyRun();
    expect(
      straysOf({ ...tracesOf(left), untilMs: Date.now() - 60_000 }),
      "one that came later",
    ).toEqual([]);
    expect(straysOf(tracesOf(left))).toEqual([
      {
        pid: server.pid,
        name: expect.any(String),
        why: `it listens on 127.9.8.7:${Number(output)}`,
      },
    ]);
    const ended = once(server, "exit");
    expect(await recoverRun(left)).toEqual([]);
    await ended;
  });

  it("ends what has the run's mark, even without a ledger, and nothing else", async () => {
    new FileLedger(state, runId, "").close();
    const [marked, other, longer] = await Promise.all([
      sleeper(runId),
      sleeper("another-run"),
      sleeper(`${runId}-2`),
    ]);
    orphan();
    expect(processesOfRun(runId)).toEqual([marked.pid]);
    const left = onlyRun();
    expect(await recoverRun(left)).toEqual([]);
    await marked.ended;
    expect([lives(other), lives(longer)]).toEqual([true, true]);
    expect(await recoverRun(left), "and again").toEqual([]);
  });

  it("never ends a process that only reuses the pid of a dead one", async () => {
    const ledger = new FileLedger(state, runId, "");
    const child = await sleeper(null);
    ledger.record({ ...child.entry, startTicks: child.entry.startTicks - 1 });
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect(lives(child)).toBe(true);
  });

  it("leaves what is already undone alone", async () => {
    const ledger = new FileLedger(state, runId, "");
    const child = await sleeper(null);
    ledger.record(child.entry)();
    mkdirSync(join(state, "..", "a"));
    ledger.record(folder("a"))();
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect(lives(child)).toBe(true);
    expect(existsSync(join(state, "..", "a"))).toBe(true);
  });

  it("keeps the ledger while something is left", async () => {
    const ledger = new FileLedger(state, runId, "");
    writeFileSync(join(state, "..", "file"), "");
    ledger.record({ kind: "directory", path: join(state, "..", "file", "below") });
    ledger.record({ kind: "directory", path: "/proc/self/status" });
    ledger.close();
    orphan();
    const remaining = await recoverRun(onlyRun());
    expect(remaining.join()).toContain("/proc/self/status");
    expect(leftRuns(state)).toHaveLength(1);
  });

  const made = (what: string, name: string, at: string): UndoEntry => ({
    kind: "made",
    substrate: "docker",
    what,
    name,
    at,
  });

  it("queries each engine once for a run's objects, and stays without an answer", async () => {
    const ledger = new FileLedger(state, runId, "");
    ledger.record(made("network", "n", "unix:///one"));
    for (const name of ["a", "b"]) ledger.record(made("container", name, "unix:///one"));
    ledger.record(made("container", "c", "unix:///two"));
    ledger.record(made("container", "gone", "unix:///three"))();
    ledger.close();
    orphan();
    const asked: string[] = [];
    const remaining = await recoverRun(onlyRun(), async (run, engine, substrate) => {
      asked.push(`${substrate} ${run} ${engine}`);
      if (engine === "unix:///two") throw new Error("no engine runs there");
      return [];
    });
    expect(asked).toEqual([`docker ${runId} unix:///one`, `docker ${runId} unix:///two`]);
    expect(remaining).toEqual(["what it made on docker at unix:///two: no engine runs there"]);
    expect(leftRuns(state)).toHaveLength(1);
    expect(await recoverRun(onlyRun(), async () => [])).toEqual([]);
    expect(leftRuns(state)).toEqual([]);
  });

  it("passes what was changed to its substrate, the last change first", async () => {
    const ledger = new FileLedger(state, runId, "");
    const changed = (name: string, at = "unix:///one"): UndoEntry => ({
      kind: "changed",
      substrate: "compose",
      what: "running",
      name,
      at,
      before: "",
    });
    for (const name of ["a", "b", "c"]) ledger.record(changed(name));
    ledger.record(changed("d"))();
    ledger.record(changed("e", "unix:///two"));
    ledger.close();
    orphan();
    const asked: string[] = [];
    await recoverRun(onlyRun(), async (_run, at, substrate, entries) => {
      asked.push(`${substrate} ${at} ${entries.map(({ name }) => name).join()}`);
      return [];
    });
    expect(asked).toEqual(["compose unix:///one c,b,a", "compose unix:///two e"]);
    expect(leftRuns(state)).toEqual([]);
  });

  it("undoes an older version's engine entries", () => {
    const entries = [
      { kind: "network", name: "n", engine: "unix:///one" },
      { kind: "container", name: "a", engine: "unix:///one" },
    ];
    const text = entries.map((entry, id) => JSON.stringify({ entry, id })).join("\n");
    expect(parseLedger(text)).toMatchObject({
      entries: [made("network", "n", "unix:///one"), made("container", "a", "unix:///one")],
      foreign: [],
    });
  });

  it("reports what was created on an unknown substrate", async () => {
    const ledger = new FileLedger(state, runId, "");
    ledger.record({ kind: "made", substrate: "moon", what: "base", name: "b", at: "crater" });
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun(), undoOn)).toEqual([
      'what it made on the substrate "moon" at crater, which this version cannot undo',
    ]);
    expect(leftRuns(state)).toHaveLength(1);
  });

  it("follows no link out of the folder that it removes", async () => {
    const ledger = new FileLedger(state, runId, "");
    for (const name of ["precious", "a"]) mkdirSync(join(state, "..", name));
    symlinkSync(join(state, "..", "precious"), join(state, "..", "a", "link"));
    writeFileSync(join(state, "..", "precious", "file"), "");
    ledger.record(folder("a"));
    ledger.close();
    orphan();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect(existsSync(join(state, "..", "precious", "file"))).toBe(true);
  });
});

describe("what a command started", () => {
  const touch = (name: string): UndoEntry => ({
    kind: "command",
    command: "sh",
    args: ["-c", `echo down >> ${join(state, "..", name)}`],
  });

  it("is stopped once by its counterpart, unless that was done before", async () => {
    const ledger = new FileLedger(state, runId, "");
    ledger.record(touch("left"));
    ledger.record(touch("done"))();
    ledger.close();
    expect(await recoverRun(onlyRun())).toEqual([]);
    expect(readFileSync(join(state, "../left"), "utf8")).toBe("down\n");
    expect(existsSync(join(state, "../done"))).toBe(false);
    expect(leftRuns(state)).toEqual([]);
  });

  it("is reported if it cannot be stopped, and kept for the next time", async () => {
    const ledger = new FileLedger(state, runId, "");
    ledger.record({ kind: "command", command: "sh", args: ["-c", "exit 3"] });
    ledger.close();
    expect(await recoverRun(onlyRun())).toEqual([
      expect.stringContaining("`sh -c exit 3` takes down (it ended with status 3)"),
    ]);
    expect(leftRuns(state)).toHaveLength(1);
  });
});
