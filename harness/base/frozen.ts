/**
 * A type from a schema, of which nothing can be changed: what is planned or recorded stays as it
 * is.
 */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };

/** `true` where each of two types is as good as the other, and nothing that is ever true else. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
