/**
 * Modelled players: each joins as its phase begins and watches to the end. No browser is in them
 * and no media; where they stand is told by the model, and when that is a stall by the same watch
 * as a real player's. Their names say what they are.
 */
import type { ModelUser } from "../../../../harness/target/model.ts";
import type { VirtualContext } from "../../../../harness/target/pack-virtual.ts";
import { PlayerAccount, playerTakenEveryMs, type Seen } from "./account.ts";

/** As the page of a real one looks at itself. */
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

  /** What is open then, as a stall, counts. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    for (const { player, account } of this.#watching) {
      player.leave();
      account.close();
    }
  }
}

/** There is no picture, so nothing can be said of one. */
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
