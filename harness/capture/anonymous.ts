/**
 * What makes a trace anonymous. Sessions are hashed with a random key that is thrown away with
 * this object. Of a path, only what an allow-list knows is kept.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { prng } from "../base/prng.ts";
import type { PathPiece, Recognised } from "../target/recorded.ts";
import type { TraceObject } from "../trace/trace.ts";

/** So many unknown words get a number of their own; all others are alike. */
const wordsMax = 1_000;
/** An object is a kind of address. A log with more has ids in its paths. */
export const objectsMax = 4_096;
const sessionBytes = 5;
/** Hashes are remembered for so many clients; then they are made again. */
const rememberedMax = 50_000;

export class Anonymous {
  readonly #key: KeyObject;
  readonly #random: () => number;
  readonly #sessions = new Map<string, string>();
  readonly #words = new Map<string, number>();
  readonly #objects = new Map<string, number>();
  readonly #recognisers: readonly ((path: string) => Recognised | null)[];
  readonly objects: TraceObject[] = [];

  /** The first that recognises a path decides. `key`: for tests alone. */
  constructor(
    recognisers: readonly ((path: string) => Recognised | null)[],
    key: Buffer = randomBytes(32),
  ) {
    this.#recognisers = recognisers;
    this.#key = createSecretKey(key);
    this.#random = prng(key.readUInt32LE(0));
  }

  /** Letters and digits. */
  session(who: string): string {
    const known = this.#sessions.get(who);
    if (known !== undefined) return known;
    const session = this.#hash(who).readUIntBE(0, sessionBytes).toString(36);
    // Most lines are of clients that were seen a moment ago.
    if (this.#sessions.size >= rememberedMax) this.#sessions.clear();
    this.#sessions.set(who, session);
    return session;
  }

  /** A random moment within the resolution of a log's clock. */
  spread(atMs: number, clockMs: number): number {
    return clockMs <= 1 ? atMs : atMs + Math.floor(this.#random() * clockMs);
  }

  /** The index of the object and its number. */
  object(target: string): { readonly index: number; readonly number: number | null } | Refusal {
    const path = pathOf(target);
    if (path === null) return "otherPath";
    for (const recognise of this.#recognisers) {
      const found = recognise(path);
      if (found !== null) return this.#kept(found);
    }
    return "otherPath";
  }

  #kept({ kind, pieces, number }: Recognised): ReturnType<Anonymous["object"]> {
    const path = pieces.map((piece) => this.#text(piece)).join("");
    const key = `${kind} ${path}`;
    const known = this.#objects.get(key);
    if (known !== undefined) return { index: known, number };
    if (this.objects.length >= objectsMax) return "tooManyObjects";
    this.#objects.set(key, this.objects.length);
    return { index: this.objects.push({ kind, path }) - 1, number };
  }

  #text(piece: PathPiece): string {
    if (piece === "number") return "{number}";
    if ("text" in piece) return piece.text;
    if (!isWord(piece.unknown)) return "~";
    const hash = this.#hash(piece.unknown).toString("latin1");
    const known = this.#words.get(hash);
    if (known !== undefined) return `~${known}`;
    if (this.#words.size >= wordsMax) return "~";
    this.#words.set(hash, this.#words.size + 1);
    return `~${this.#words.size}`;
  }

  #hash(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}

type Refusal = "otherPath" | "tooManyObjects";

/** A name of something. Longer ones, and those with many digits, look like ids or tokens. */
function isWord(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]{0,15}$/.test(text) && (text.match(/\d/g) ?? []).length <= 4;
}

/** Without scheme, host and query. */
function pathOf(target: string): string | null {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#;].*$/s, "");
  return path.startsWith("/") && path.length <= 2_048 ? path : null;
}
