/** Makes a type deeply read-only. Plans and records do not change after they are written. */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };

/**
 * `true` where the two types are assignable to each other; otherwise `never`, so that a mismatch
 * does not compile.
 */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
