/** One request as a line of a log says it, before anything of it is kept. */
export interface Entry {
  /** Epoch ms. */
  readonly atMs: number;
  /** The resolution of the line's clock in ms. */
  readonly clockMs: number;
  readonly method: string;
  /** A path with its query, or a whole address. */
  readonly target: string;
  /** 0 if the line does not say. */
  readonly status: number;
  /** Whatever distinguishes one client from another. It is hashed and thrown away. */
  readonly who: string;
}

/** Years that a log can be of; another time is a broken line. */
const [fromMs, untilMs] = [Date.UTC(1995, 0), Date.UTC(2200, 0)];

/** Null where what a line says is no request. */
export function entryOf(said: {
  readonly at: { readonly ms: number; readonly clockMs: number } | null;
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly status: number;
  readonly who: readonly (string | undefined)[];
}): Entry | null {
  const { at, method, target, status } = said;
  if (at === null || !(at.ms >= fromMs && at.ms < untilMs)) return null;
  if (method === undefined || !/^[A-Za-z]{1,20}$/.test(method)) return null;
  if (target === undefined || target === "") return null;
  return {
    atMs: Math.floor(at.ms),
    clockMs: at.clockMs,
    method: method.toUpperCase(),
    target,
    status: Number.isInteger(status) && status >= 100 && status < 600 ? status : 0,
    who: said.who.map((one) => one ?? "").join("\n"),
  };
}
