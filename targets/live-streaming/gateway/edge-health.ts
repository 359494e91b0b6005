/**
 * Whether an edge counts as usable: lost after a few failed polls in a row, and back only after
 * many good ones, so that a flapping edge stays out.
 */

export interface EdgeHealth {
  readonly usable: boolean;
  observe(answered: boolean): void;
}

/** With a poll each half second an edge is lost within about a second and a half… */
export const lostAfterPolls = 2;
/** …and back after five. Choose. */
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
