/** The rules in force, and what each has struck. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type {
  AnswerRule,
  Asked,
  Counted,
  Damage,
  Example,
  Knowledge,
  Matcher,
} from "../../target/bad-answer.ts";
import { lookHeaderName } from "./look.ts";

/** Headers of one connection, or of one message: another request has its own. */
const aboutConnection = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "expect",
  "upgrade",
  "te",
  "trailer",
  "proxy-connection",
  lookHeaderName,
]);

export class Rule {
  readonly id: string;
  readonly link: string;
  readonly does: Damage;
  readonly #rule: AnswerRule;
  readonly #path: RegExp | null;
  readonly #matcher: Matcher | null;
  readonly #rewriter: ((text: string, asked: Asked) => string) | null;
  readonly #session: (value: string) => string;
  /** Connections that wait until the rule ends. */
  readonly held = new Set<() => void>();
  #passed = 0;
  #struck = 0;
  #matched = 0;
  #example: Example | null = null;

  constructor(id: string, link: string, rule: AnswerRule, knowledge: Knowledge | null) {
    this.id = id;
    this.link = link;
    this.does = rule.does;
    this.#rule = rule;
    this.#path = rule.path === undefined ? null : new RegExp(rule.path);
    this.#matcher =
      rule.knows === undefined || knowledge === null
        ? null
        : knowledge.matcher(rule.knows.which, Date.now);
    this.#session = knowledge?.session ?? ((value) => value);
    this.#rewriter =
      rule.does.is === "rewritten"
        ? (knowledge?.rewriter?.(rule.does.how, Date.now) ?? null)
        : null;
  }

  /** Counts a new connection that gets an expired certificate. */
  shakesHands(): void {
    this.#passed += 1;
    this.#struck += 1;
  }

  /** Counts the request, and returns whether it is struck. */
  strikes(request: IncomingMessage): boolean {
    if (this.does.is === "expiredCertificate") return false;
    const asked = askedIn(request);
    const look = request.headers[lookHeaderName];
    if (look !== undefined)
      return look === this.id && (this.#asks(asked) || asked.path === this.#example?.path);
    this.#passed += 1;
    if (!this.#asks(asked) || !this.#isAmong(request)) return false;
    this.#struck += 1;
    // Only a GET may be sent again: it has no side effects.
    if (asked.method === "GET") this.#example = { ...asked, headers: headersOf(request) };
    return true;
  }

  #asks(asked: Asked): boolean {
    if (this.#path !== null && !this.#path.test(asked.path)) return false;
    return this.#matcher === null || this.#matcher.matches(asked);
  }

  #isAmong(request: IncomingMessage): boolean {
    const { header, sessions, share } = this.#rule.who;
    if (header !== undefined && request.headers[header.name.toLowerCase()] !== header.value)
      return false;
    if (sessions !== undefined && !this.#isSession(request, sessions)) return false;
    if (share === undefined) return true;
    // Evenly spread, so that a share shows in few requests, too.
    this.#matched += 1;
    return Math.floor(this.#matched * share) > Math.floor((this.#matched - 1) * share);
  }

  #isSession(
    { headers, socket }: IncomingMessage,
    { share, by }: NonNullable<AnswerRule["who"]["sessions"]>,
  ): boolean {
    const value = by === undefined ? undefined : headers[by.toLowerCase()];
    if (by !== undefined && value === undefined) return false;
    const session =
      by === undefined
        ? `${socket.remoteAddress}:${socket.remotePort}`
        : this.#session(String(value));
    const hash = createHash("sha256").update(`${this.id} ${session}`).digest();
    return hash.readUInt32BE(0) / 2 ** 32 < share;
  }

  rewritten(text: string, asked: Asked): string {
    return this.#rewriter === null ? text : this.#rewriter(text, asked);
  }

  get learns(): boolean {
    return this.#matcher?.learn !== undefined;
  }

  learn(asked: Asked, text: string): void {
    this.#matcher?.learn?.(asked, text);
  }

  counted(): Counted {
    return { passed: this.#passed, struck: this.#struck, example: this.#example };
  }

  end(): void {
    for (const release of this.held) release();
    this.held.clear();
  }
}

export class Rules {
  readonly #known: ReadonlyMap<string, Knowledge>;
  readonly #byLink = new Map<string, readonly Rule[]>();
  readonly #listeners: (() => void)[] = [];

  constructor(known: ReadonlyMap<string, Knowledge>) {
    this.#known = known;
  }

  /** `changed` is called after each rule that comes or goes. */
  onChange(changed: () => void): void {
    this.#listeners.push(changed);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  on(link: string): readonly Rule[] {
    return this.#byLink.get(link) ?? [];
  }

  /** Throws if the rule needs knowledge that was not given at the start. */
  add(id: string, link: string, rule: AnswerRule): void {
    const module = rule.knows?.module;
    const knowledge = module === undefined ? null : (this.#known.get(module) ?? null);
    if (module !== undefined && knowledge === null) throw new Error(`unknown module ${module}`);
    this.#byLink.set(link, [...this.on(link), new Rule(id, link, rule, knowledge)]);
    this.#changed();
  }

  counted(id: string): Counted | null {
    return this.#named(id)?.counted() ?? null;
  }

  remove(id: string): void {
    const rule = this.#named(id);
    if (rule === undefined) return;
    this.#byLink.set(
      rule.link,
      this.on(rule.link).filter((one) => one !== rule),
    );
    rule.end();
    this.#changed();
  }

  #named(id: string): Rule | undefined {
    return [...this.#byLink.values()].flat().find((rule) => rule.id === id);
  }
}

export function askedIn({ method = "GET", url = "/" }: IncomingMessage): Asked {
  return { method, path: url };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || aboutConnection.has(name) ? [] : [[name, String(value)]],
    ),
  );
}
