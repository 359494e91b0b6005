/**
 * Whether an edge is usable. It is lost after a few failed polls in a row and back only after many
 * good ones, so a flapping edge stays out.
 */

export interface EdgeHealth {
  readonly usable: boolean;
  observe(answered: boolean): void;
}

/** With a poll every 500 ms, an edge counts as lost within about 1.5 s… */
export const lostAfterPolls = 2;
/** …and as back after 5 s. A chosen value. */
export const backAfterPolls = 10;

export function createEdgeHealth(): EdgeHealth {
  let usable = true;
  let against = 0;
  return {
    get usable() {
      return usable;
    },
    observe(answered) {
      against = answered === usable ? 0 : against + 1;
      if (against < (usable ? lostAfterPolls : backAfterPolls)) return;
      usable = !usable;
      against = 0;
    },
  };
}
