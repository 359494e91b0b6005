import { expect, test } from "vitest";
import { createWorkers } from "./workers.ts";

const never = new AbortController().signal;
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that ends on request. */
function jobs(): {
  readonly started: string[];
  readonly job: (name: string) => () => Promise<string>;
  readonly finish: (name: string) => Promise<void>;
} {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    job: (name) => () =>
      new Promise((resolve) => {
        started.push(name);
        ends.set(name, () => resolve(name));
      }),
    finish: async (name) => {
      ends.get(name)?.();
      await soon();
    },
  };
}

test("runs as many jobs as there are workers, then by bucket, then in order of arrival", async () => {
  const { started, job, finish } = jobs();
  const workers = createWorkers(2, () => 0);
  const all = [
    ["a", 2],
    ["b", 2],
    ["late", 2],
    ["later", 2],
    ["urgent", 0],
  ].map(([name, rank]) => workers.run(rank as number, job(name as string), never));
  expect(started).toEqual(["a", "b"]);
  expect(workers.waiting).toBe(3);
  for (const name of ["a", "urgent", "late", "later", "b"]) await finish(name);
  expect(started).toEqual(["a", "b", "urgent", "late", "later"]);
  expect(await Promise.all(all)).toEqual(["a", "b", "late", "later", "urgent"]);
});

test("skips a client that left while waiting, and frees a place after a failure", async () => {
  const { started, job, finish } = jobs();
  const workers = createWorkers(1, () => 0);
  const first = workers.run(0, job("first"), never);
  const left = new AbortController();
  const gone = workers.run(0, job("gone"), left.signal);
  const failing = workers.run(
    0,
    async () => {
      throw new Error("no");
    },
    never,
  );
  const last = workers.run(0, job("last"), never);
  left.abort();
  expect(await gone).toBeNull();
  const failed = expect(failing).rejects.toThrow("no");
  await finish("first");
  await failed;
  await finish("last");
  expect([await first, await last, started]).toEqual(["first", "last", ["first", "last"]]);
});

test("reports the mean worker's busy time", async () => {
  let clockMs = 0;
  const { job, finish } = jobs();
  const workers = createWorkers(2, () => clockMs);
  void workers.run(0, job("a"), never);
  clockMs = 100;
  expect(workers.busyMs()).toBe(50);
  void workers.run(0, job("b"), never);
  clockMs = 200;
  await finish("a");
  await finish("b");
  clockMs = 900;
  expect(workers.busyMs()).toBe(150);
});
