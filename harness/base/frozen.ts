/**
 * A type from a schema, of which nothing can be changed: what is planned or recorded stays as it
 * is.
 */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : { readonly [K in keyof T]: Frozen<T[K]> };
