/** Levenshtein's: the least number of items to insert, delete or replace. */
export function editDistance(one: readonly string[], other: readonly string[]): number {
  let row = other.map((_, index) => index + 1);
  one.forEach((item, at) => {
    let diagonal = at;
    let left = at + 1;
    row = row.map((above, index) => {
      const cost = Math.min(above + 1, left + 1, diagonal + (item === other[index] ? 0 : 1));
      diagonal = above;
      left = cost;
      return cost;
    });
  });
  return other.length === 0 ? one.length : (row.at(-1) as number);
}
