/** How a segment is cut for the store and for memcached. */

export const chunkBytes = 256 * 1024;

export function chunkCount(bytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}

/**
 * The length that chunk `index` of a segment of `bytes` must have; anything else is not that chunk.
 */
export function chunkLength(bytes: number, index: number): number {
  return Math.max(0, Math.min(chunkBytes, bytes - index * chunkBytes));
}

/** Views of the parts, no copies. */
export function split(body: Buffer): Buffer[] {
  return Array.from({ length: chunkCount(body.length) }, (_, index) =>
    body.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  );
}

/** A token names one publication and is random, so a key never means two different contents. */
export function chunkKey(token: string, index: number): string {
  return `chunk:${token}:${index}`;
}
