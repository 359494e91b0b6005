/** How a segment is cut into chunks for the store and memcached. */

export const chunkBytes = 256 * 1024;

export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}

/**
 * The exact length of chunk `index` in a segment of `bytes`. A value of another length is not that
 * chunk.
 */
export function chunkLength(bytes: number, index: number): number {
  return Math.max(0, Math.min(chunkBytes, bytes - index * chunkBytes));
}

/** Views of the parts, without copies. */
export function split(body: Buffer): Buffer[] {
  return Array.from({ length: chunkCount(body.length) }, (_, index) =>
    body.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}

/** A token is random and identifies one publication, so a key never has two different contents. */
export function chunkKey(token: string, index: number): string {
  return `chunk:${token}:${index}`;
}
