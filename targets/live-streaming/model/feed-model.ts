/**
 * The change feed in the model. A publish origin sends its publications to read origins at the real
 * feed's interval, over links that can be slow or cut.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import { beatMs, comebackMs, type FeedMessage, silenceMsMax } from "../origin/feed.ts";
import type { OriginMemory } from "./origin-memory.ts";

/** The messages sent at once. A snapshot ends when everything known has been sent. */
interface Words {
  readonly messages: readonly FeedMessage[];
  readonly isSnapshot?: boolean;
}

type Tell = (words: Words) => boolean;

export class Feed {
  readonly node: ModelNode;
  readonly #snapshot: () => readonly FeedMessage[];
  readonly #listeners = new Set<Tell>();

  constructor(node: ModelNode, snapshot: () => readonly FeedMessage[]) {
    this.node = node;
    this.#snapshot = snapshot;
    node.onReady(() => this.#beat());
    node.onDeath(() => this.#listeners.clear());
  }

  join(tell: Tell): void {
    tell({ messages: this.#snapshot(), isSnapshot: true });
    this.#listeners.add(tell);
  }

  announce(message: FeedMessage): void {
    this.#tell({ messages: [message] });
  }

  #beat(): void {
    this.#tell({ messages: [] });
    this.node.after(beatMs, () => this.#beat());
  }

  #tell(words: Words): void {
    for (const tell of this.#listeners) if (!tell(words)) this.#listeners.delete(tell);
  }
}

/** Listens while the origin lives, and reconnects after every loss. */
export function follow(
  node: ModelNode,
  simulation: Simulation,
  feed: Feed,
  memory: OriginMemory,
): void {
  let failures = 0;
  const listen = (): void =>
    simulation.listen<Words>({
      from: node,
      to: feed.node,
      port: "feed",
      silenceMsMax,
      connected: (tell) => feed.join(tell),
      heard: ({ messages, isSnapshot }) => {
        for (const message of messages) {
          if ("directive" in message) memory.applyDirective(message.directive);
          else memory.addPublication(message);
        }
        if (isSnapshot === true) failures = 0;
      },
      ended: () => {
        failures += 1;
        node.after(comebackMs(failures), listen);
      },
    });
  listen();
}
