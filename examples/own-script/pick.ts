/** One of them, in turn for each virtual user. */
export function pick<T>(all: readonly T[]): T {
  return all[__ITER % all.length] as T;
}
