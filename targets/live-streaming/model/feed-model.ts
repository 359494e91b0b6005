/**
 * The change feed in the model: a publish origin tells read origins what it published, over links
 * that can be slow or cut, and with the beat of the real one.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import { beatMs, comebackMs, type FeedMessage, silenceMsMax } from "../origin/feed.ts";
import type { OriginMemory } from "./origin-memory.ts";

/** What is said at once. A snapshot ends with being all that there was to tell. */
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

/** Listens for as long as the origin lives, and comes back after every loss. */
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
          if ("directive" in message) memory.heed(message.directive);
          else memory.learn(message);
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
