/**
 * The print of a body: one number that encodes the number under which the body was served, and its
 * SHA-256. Users in k6 and the prober compute it; the judge reads it.
 */

/**
 * The print keeps the number modulo 4 096 (12 bits) and the leading 36 bits of the SHA-256. A
 * sample's value, a double, holds these 48 bits exactly.
 */
export const numbersKept = 4_096;
const digestBits = 36;

/** Encodes the number under which a body was served, and the body's SHA-256 in hex. */
export function printOf(number: number, sha256: string): number {
  return (
    (number % numbersKept) * 2 ** digestBits + Number.parseInt(sha256.slice(0, digestBits / 4), 16)
  );
}

/** Decodes a print: the number modulo 4 096, and the leading 36 bits of the digest. */
export function readPrint(print: number): { readonly number: number; readonly digest: number } {
  return { number: Math.floor(print / 2 ** digestBits), digest: print % 2 ** digestBits };
}
