/**
 * The print of a body: one number that says under which number it was given and what it held. Users
 * in k6 and the prober make it, the judge reads it.
 */

/**
 * Numbers are kept modulo so many, and so many leading bits of a SHA-256: together 48 bits, which a
 * sample's value holds exactly.
 */
export const numbersKept = 4_096;
const digestBits = 36;

/** One number that says under which number a body was given and what it was. `sha256` in hex. */
export function printOf(number: number, sha256: string): number {
  return (
    (number % numbersKept) * 2 ** digestBits + Number.parseInt(sha256.slice(0, digestBits / 4), 16)
  );
}

/** Undoes `printOf`: the number modulo 4 096, and the leading 36 bits of the digest. */
export function readPrint(print: number): { readonly number: number; readonly digest: number } {
  return { number: Math.floor(print / 2 ** digestBits), digest: print % 2 ** digestBits };
}
