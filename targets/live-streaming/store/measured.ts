/**
 * A store that measures each request's duration. Shedding depends on measurements, never on
 * guesses.
 */
import type { Store } from "./store.ts";

export type Measure = (operation: "read" | "write", tookMs: number, failed: boolean) => void;

export function measured(store: Store, monotonicMs: () => number, measure: Measure): Store {
  const timed = async <T>(operation: "read" | "write", run: () => Promise<T>): Promise<T> => {
    const startedMs = monotonicMs();
    let failed = true;
    try {
      const result = await run();
      failed = false;
      return result;
    } finally {
      measure(operation, monotonicMs() - startedMs, failed);
    }
  };
  return {
    writeChunk: (...each) => timed("write", () => store.writeChunk(...each)),
    writePublication: (publication) => timed("write", () => store.writePublication(publication)),
    readChunk: (...each) => timed("read", () => store.readChunk(...each)),
    readPublications: (leaf) => timed("read", () => store.readPublications(leaf)),
    readRange: (...each) => timed("read", () => store.readRange(...each)),
    writeDirective: (directive) => timed("write", () => store.writeDirective(directive)),
    readDirectives: (event) => timed("read", () => store.readDirectives(event)),
    close: () => store.close(),
  };
}
