/**
 * A range of whole numbers as a regular expression over their decimal digits, because a cache's
 * bans match text but cannot compare numbers. 998…1203 is `99[8-9]|1[0-1][0-9]{2}|120[0-3]`. Any
 * range needs at most a few dozen alternatives.
 */

/** `from` ≤ `to`, both whole, 0…10^15. */
export function rangePattern(from: number, to: number): string {
  const parts: string[] = [];
  for (let low = from; low <= to; ) {
    const block = blockAt(low, to);
    parts.push(block.pattern);
    low += block.size;
  }
  return parts.join("|");
}

/**
 * The largest run of numbers from `low` that one digit class and a tail of any digits can match.
 */
function blockAt(low: number, to: number): { readonly pattern: string; readonly size: number } {
  // Zero is its own alternative, because no other number begins with it.
  if (low === 0) return { pattern: "0", size: 1 };
  let tail = 0;
  while (low % 10 ** (tail + 1) === 0 && low + 10 ** (tail + 1) - 1 <= to) tail += 1;
  const step = 10 ** tail;
  const digit = Math.floor(low / step) % 10;
  let lastDigit = digit;
  while (lastDigit < 9 && low + (lastDigit - digit + 2) * step - 1 <= to) lastDigit += 1;
  const head = Math.floor(low / step / 10);
  const digits = digit === lastDigit ? String(digit) : `[${digit}-${lastDigit}]`;
  const rest = tail === 0 ? "" : tail === 1 ? "[0-9]" : `[0-9]{${tail}}`;
  return {
    pattern: `${head === 0 ? "" : head}${digits}${rest}`,
    size: (lastDigit - digit + 1) * step,
  };
}
