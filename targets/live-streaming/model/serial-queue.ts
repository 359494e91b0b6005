/**
 * A serial queue in virtual time, as for an event loop or a disk, and the share of time that it is
 * busy.
 */
import type { ModelNode } from "../../../harness/target/model.ts";
import { createFifo, type Fifo } from "../gateway/fifo.ts";

export class SerialQueue {
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

  /** Like `work`, but items of the same moment form one batch at the cost of one item. */
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

  /** Work done so far, without pending work. */
  busyMs(): number {
    return this.#queue.busyMs();
  }
}
