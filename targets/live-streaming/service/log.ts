/**
 * Structured logs: one JSON object per line on stdout, so that a harness can keep and search them.
 */

export type Log = (message: string, detail?: Readonly<Record<string, unknown>>) => void;

export function createLog(service: string): Log {
  return (message, detail = {}) => {
    process.stdout.write(
      `${JSON.stringify({ at: new Date().toISOString(), service, message, ...detail })}\n`,
    );
  };
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * At most one line per key and interval, so that a storm of one failure does not become a storm of
 * logs.
 */
export function throttled(log: Log, intervalMs: number, nowMs: () => number): Log {
  const last = new Map<string, number>();
  return (message, detail) => {
    const at = nowMs();
    if (at - (last.get(message) ?? -Infinity) < intervalMs) return;
    last.set(message, at);
    log(message, detail);
  };
}
