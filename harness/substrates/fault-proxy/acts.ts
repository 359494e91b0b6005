/** What the proxy does to a struck exchange: one entry for each way in which an answer is bad. */
import { PassThrough, Transform, type TransformCallback } from "node:stream";
import type { ServerResponse } from "node:http";
import type { Damage } from "../../target/bad-answer.ts";
import { type Exchange, reset, without, wholeBody } from "./exchange.ts";
import { askedIn, type Rule } from "./rules.ts";

/** One of `instead` and `answer`. */
export interface Act {
  /** Acts without asking the service. */
  instead?(rule: Rule, response: ServerResponse): void;
  /** Sends the service's answer on in its own way. */
  answer?(rule: Rule, exchange: Exchange): void;
  /** The body must come without a content encoding. */
  readonly readsText?: boolean;
}

type DamageOf<K extends Damage["is"]> = Extract<Damage, { readonly is: K }>;

/** A client reads what was sent before a reset only if it has arrived. */
const resetAfterMs = 20;
const pacedEveryMs = 20;
/** One byte in so many is inverted, from the first. */
const invertedEvery = 64;
const lengths = ["content-length", "transfer-encoding"];

const acts: { readonly [K in Damage["is"]]: (damage: DamageOf<K>) => Act } = {
  status: ({ status }) => ({
    instead: (_rule, response) => void response.writeHead(status, { "Content-Length": 0 }).end(),
  }),
  hang: () => ({
    instead: (rule, { socket }) => {
      const release = (): void => void socket?.destroy();
      rule.held.add(release);
      socket?.once("close", () => rule.held.delete(release));
    },
  }),
  slowFirstByte: ({ delayMs }) => ({
    answer: (_rule, { answer, response }) => {
      // Others may read the body meanwhile, so it must wait somewhere of its own.
      const waiting = answer.pipe(new PassThrough());
      const timer = setTimeout(() => {
        head(answer, response, answer.rawHeaders);
        waiting.pipe(response);
      }, delayMs);
      response.once("close", () => clearTimeout(timer));
    },
  }),
  cutBody: ({ share }) => ({
    answer: onWhole((body, exchange) =>
      partly(body, share, exchange, (response) => response.socket?.destroySoon()),
    ),
  }),
  resetBody: ({ share }) => ({
    answer: onWhole((body, exchange) =>
      partly(body, share, exchange, ({ socket }) => {
        setTimeout(() => reset(socket), resetAfterMs);
      }),
    ),
  }),
  shortBody: ({ share }) => ({
    answer: onWhole((body, { answer, response }) =>
      complete(answer, response, body.subarray(0, Math.floor(body.length * share))),
    ),
  }),
  wrongBytes: () => ({
    answer: onWhole((body, { answer, response }) => {
      for (let at = 0; at < body.length; at += invertedEvery) body[at] = 255 - (body[at] ?? 0);
      complete(answer, response, body);
    }),
  }),
  wrongType: ({ type }) => ({
    answer: (_rule, { answer, response }) => {
      const kept = without(answer.rawHeaders, ["content-type"]);
      head(answer, response, [...kept, "Content-Type", type]);
      answer.pipe(response);
    },
  }),
  slowBody: ({ bytesPerSecond }) => ({
    answer: (_rule, { answer, response }) => {
      head(answer, response, answer.rawHeaders);
      answer.pipe(new Paced(bytesPerSecond)).pipe(response);
    },
  }),
  // It strikes connections, before any request.
  expiredCertificate: () => ({}),
  rewritten: () => ({
    readsText: true,
    answer: (rule, exchange) =>
      onWhole((body, { request, answer, response }) =>
        complete(
          answer,
          response,
          Buffer.from(rule.rewritten(body.toString("utf8"), askedIn(request))),
        ),
      )(rule, exchange),
  }),
};

export function actOf(damage: Damage): Act {
  return (acts[damage.is] as (of: Damage) => Act)(damage);
}

function head(
  { statusCode = 502, statusMessage }: Exchange["answer"],
  response: ServerResponse,
  raw: readonly string[],
): void {
  response.writeHead(statusCode, statusMessage, [...raw]);
}

/** An answer without a body, or one that breaks off by itself, is not struck any further. */
function onWhole(act: (body: Buffer, exchange: Exchange) => void): NonNullable<Act["answer"]> {
  return (_rule, exchange) => {
    void wholeBody(exchange.answer).then((body) => {
      if (body !== null) act(body, exchange);
    });
  };
}

function complete(answer: Exchange["answer"], response: ServerResponse, body: Buffer): void {
  const kept = without(answer.rawHeaders, lengths);
  head(answer, response, [...kept, "Content-Length", String(body.length)]);
  response.end(body);
}

/** Announces the whole body, and sends a part of it. */
function partly(
  body: Buffer,
  share: number,
  { answer, response }: Exchange,
  end: (response: ServerResponse) => void,
): void {
  const part = body.subarray(0, Math.floor(body.length * share));
  const kept = without(answer.rawHeaders, lengths);
  head(answer, response, [...kept, "Content-Length", String(body.length)]);
  response.flushHeaders();
  if (part.length === 0) end(response);
  else response.write(part, () => end(response));
}

/** Lets so many bytes through each second, in small parts. */
class Paced extends Transform {
  readonly #bytesPerSecond: number;
  #dueMs = 0;

  constructor(bytesPerSecond: number) {
    super();
    this.#bytesPerSecond = bytesPerSecond;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    const step = Math.max(1, Math.floor((this.#bytesPerSecond * pacedEveryMs) / 1_000));
    const next = (at: number): void => {
      if (at >= chunk.length) {
        done();
        return;
      }
      const part = chunk.subarray(at, at + step);
      const nowMs = performance.now();
      this.#dueMs = Math.max(nowMs, this.#dueMs) + (part.length / this.#bytesPerSecond) * 1_000;
      this.push(part);
      setTimeout(() => next(at + step), Math.max(0, this.#dueMs - nowMs));
    };
    next(0);
  }
}
