import { expect, test } from "vitest";
import type { ModelNode } from "../../../harness/target/model.ts";
import { SerialQueue } from "./serial-queue.ts";

function loop() {
  let nowMs = 0;
  let due: { readonly atMs: number; readonly run: () => void }[] = [];
  const node = {
    after: (ms: number, run: () => void) => void due.push({ atMs: nowMs + ms, run }),
  } as unknown as ModelNode;
  const until = (ms: number): void => {
    for (;;) {
      const next = due.filter(({ atMs }) => atMs <= ms).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      due = due.filter((one) => one !== next);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = ms;
  };
  const done: string[] = [];
  return {
    own: new SerialQueue(node, () => nowMs),
    until,
    done,
    mark: (name: string) => () => done.push(`${name} ${nowMs}`),
  };
}

test("serves one item after another, and counts only finished work", () => {
  const { own, until, done, mark } = loop();
  own.work(10, mark("a"));
  own.work(5, mark("b"));
  until(12);
  expect([done, own.busyMs()]).toEqual([["a 10"], 12]);
  until(100);
  own.work(1, mark("c"));
  until(101);
  expect([done, own.busyMs()]).toEqual([["a 10", "b 15", "c 101"], 16]);
});

test("batches items of the same moment at the cost of one", () => {
  const { own, until, done, mark } = loop();
  for (const name of ["a", "b", "c"]) own.gather(4, mark(name));
  until(50);
  expect([done, own.busyMs()]).toEqual([["a 12", "b 12", "c 12"], 12]);
});
