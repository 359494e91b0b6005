/**
 * Modelled players. Each joins at the start of its phase and watches to the end. They have no
 * browser and no media: the model gives their position, and the code that finds a real player's
 * stalls finds theirs. Their names say that they are modelled.
 */
import type { ModelUser } from "../../../../harness/target/model.ts";
import type { VirtualContext } from "../../../../harness/target/pack-virtual.ts";
import { PlayerAccount, playerTakenEveryMs, type Seen } from "./account.ts";

/** As often as the page of a real player samples itself. */
const lookEveryMs = 100;

interface Watching {
  readonly player: ModelUser;
  readonly account: PlayerAccount;
}

export class ModelledPlayers {
  readonly #options: VirtualContext;
  readonly #watching: Watching[] = [];
  #over = false;

  constructor(options: VirtualContext) {
    this.#options = options;
  }

  phaseBegan(phase: string): void {
    for (const [index, joins] of this.#options.joins.entries())
      if (joins === phase && !this.#over) this.#join(index);
  }

  #join(index: number): void {
    const { layout, model, clock, sink } = this.#options;
    const player = model.join?.(layout.entries[index % layout.entries.length]?.service ?? "");
    if (player === undefined) return;
    const one = {
      player,
      account: new PlayerAccount({ sink, name: `modelled-player-${index + 1}` }, clock.nowMs()),
    };
    this.#watching.push(one);
    this.#look(one, []);
  }

  #look({ player, account }: Watching, seen: Seen["ticks"]): void {
    const { clock } = this.#options;
    clock.after(lookEveryMs, () => {
      if (this.#over) return;
      const { mediaS = 0, aheadS = 0 } = player.look();
      const atMs = clock.nowMs();
      const ticks = [...seen, [atMs, mediaS, true, aheadS] as const];
      const isDue = ticks.length * lookEveryMs >= playerTakenEveryMs;
      if (isDue) account.add({ ...unseen, ticks, atMs, mediaS }, atMs);
      this.#look({ player, account }, isDue ? [] : ticks);
    });
  }

  /** A stall that is open at the end counts. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    for (const { player, account } of this.#watching) {
      player.leave();
      account.close();
    }
  }
}

/** Without a picture there is nothing to report about one. */
const unseen = {
  renditions: [],
  errors: [],
  rendered: null,
  heightPx: 0,
  decodedFrames: 0,
  droppedFrames: 0,
  decodedAudioBytes: 0,
  clockOffsetMs: null,
} as const;
