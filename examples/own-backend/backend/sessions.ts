/** Sessions of viewers: a signed token in the address, and the session itself in memcached. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Memcached } from "./memcached.ts";

const lifeSeconds = 600;

export class Sessions {
  readonly #store: Memcached;
  readonly #key: string;

  constructor(store: Memcached, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** Returns the token. */
  async open(nowMs: number): Promise<string> {
    const id = randomUUID();
    const untilMs = nowMs + lifeSeconds * 1_000;
    await this.#store.set(`session:${id}`, "open", lifeSeconds);
    return `${id}.${untilMs}.${this.#signature(`${id}.${untilMs}`)}`;
  }

  async isOpen(token: string, nowMs: number): Promise<boolean> {
    const [id = "", untilMs = "", signature = ""] = token.split(".");
    const right = Buffer.from(this.#signature(`${id}.${untilMs}`));
    const given = Buffer.from(signature);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    return nowMs < Number(untilMs) && (await this.#store.get(`session:${id}`)) !== null;
  }

  #signature(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("hex").slice(0, 32);
  }
}
