/**
 * One thing after another in virtual time, as an event loop and a disk do them, and the share of
 * time for which that is at work.
 */
import type { ModelNode } from "../../../harness/target/model.ts";
import { createFifo, type Fifo } from "../gateway/fifo.ts";

export class OneByOne {
  readonly #node: ModelNode;
  readonly #queue: Fifo;
  #gathered: { readonly ms: number; readonly then: () => void }[] = [];

  constructor(node: ModelNode, nowMs: () => number) {
    this.#node = node;
    this.#queue = createFifo(nowMs);
  }

  work(ms: number, then: () => void): void {
    this.#node.after(this.#queue.add(ms), then);
  }

  /** As `work`, for much that comes in the same moment: it is done as one. */
  gather(ms: number, then: () => void): void {
    this.#gathered.push({ ms, then });
    if (this.#gathered.length > 1) return;
    this.#node.after(0, () => {
      const all = this.#gathered;
      this.#gathered = [];
      this.work(
        all.reduce((sum, one) => sum + one.ms, 0),
        () => {
          for (const one of all) one.then();
        },
      );
    });
  }

  /** Work done so far; what is still to do does not count. */
  busyMs(): number {
    return this.#queue.busyMs();
  }
}
