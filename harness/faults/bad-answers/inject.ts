/**
 * Bad answers over links, proven twice. The proxy has struck a request of the target's own. The
 * harness sends the same one, which shows the damage over the link and none past it.
 */
import type {
  AnswerRule,
  BadAnswer,
  Counted,
  Example,
  ImposedRule,
} from "../../target/bad-answer.ts";
import type { LinkHandle } from "../../target/deployment.ts";
import type { Endpoint } from "../../target/layout.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { describeSeen, type Seen } from "../../target/observer.ts";
import { delayOf, enoughOf, showsAnswer } from "./answers.ts";
import { all, arrow, each, evidenceOf, onEach } from "../proofs.ts";

/** What a rule does, and how one request shows it. */
export interface Strikes {
  readonly rule: AnswerRule;
  /** In ms, by how much an answer over the link is later than past it. */
  readonly delayMs: number;
  /** In ms, when a look has seen enough of an answer that may have no end. */
  readonly enoughMs?: number | undefined;
  /** Given one answer over the link and one past it. */
  shows(over: Seen, past: Seen): boolean;
}

/** How one request shows this way of being bad. */
export function showing(answer: BadAnswer): Omit<Strikes, "rule"> {
  return {
    delayMs: delayOf(answer),
    enoughMs: enoughOf(answer),
    shows: (over, past) => showsAnswer(answer, over, past),
  };
}

/** For the first request of the target's own: three periods of two seconds. */
export const struckWithinMs = 6_500;
const countEveryMs = 100;
/** Beyond the damage, for a busy machine. */
const graceMs = 2_000;
/** A look that takes longer would end after the heal, so that only the proxy is asked. */
const lookMsMax = 1_000;
const attempts = 3;

interface OnLink {
  readonly link: LinkHandle;
  readonly imposed: ImposedRule;
}

export function injectRule(strike: RealStrike<unknown>, strikes: Strikes): FaultExecution {
  const { links } = strike;
  const imposed: OnLink[] = [];
  /** Kept for the last look, when the rule is gone. */
  const examples = new Map<LinkHandle, Example>();
  return {
    act: () =>
      each(links, async (link) => {
        if (link.answerWith === undefined)
          throw new Error(`${arrow(link)} has no HTTP proxy, so its answers cannot be struck`);
        imposed.push({ link, imposed: await link.answerWith(strikes.rule) });
      }),
    verify: () => proofOfStrike(imposed, strike, strikes),
    look: () => onEach(imposed, (one) => stillStruck(one, strike, strikes)),
    revert: () =>
      each(imposed, async ({ link, imposed: rule }) => {
        const example = (await rule.counted())?.example ?? null;
        if (example !== null) examples.set(link, example);
        await rule.remove();
      }),
    verifyReverted: () =>
      onEach(imposed, (one) => proofOfHeal(one, examples.get(one.link), strike, strikes)),
  };
}

/** A fault on several links may strike where nothing is asked; one struck request is enough. */
async function proofOfStrike(
  imposed: readonly OnLink[],
  strike: RealStrike<unknown>,
  strikes: Strikes,
): Promise<Evidence> {
  const { clock, signal } = strike;
  const deadlineMs = clock.monotonicMs() + struckWithinMs;
  for (;;) {
    const counted = await Promise.all(imposed.map(({ imposed: rule }) => rule.counted()));
    const struck = imposed.filter((_, index) => (counted[index]?.struck ?? 0) > 0);
    const isOver = clock.monotonicMs() > deadlineMs || signal.aborted;
    if (struck.length > 0) {
      const proof = await onEach(struck, (one) => seenOn(one, strike, strikes));
      // Some damage shows only once the service has something new.
      if (proof.landed || isOver) return proof;
    } else if (isOver)
      return all(
        imposed.map(({ link }, index) =>
          evidenceOf(false, `the proxy on ${arrow(link)} ${describeCount(counted[index])}`),
        ),
      );
    await clock.sleep(countEveryMs);
  }
}

async function seenOn(
  { link, imposed }: OnLink,
  strike: RealStrike<unknown>,
  strikes: Strikes,
): Promise<Evidence> {
  let said = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const counted = await imposed.counted();
    const count = `the proxy on ${arrow(link)} ${describeCount(counted)}`;
    if (counted === null) return evidenceOf(false, count);
    if (counted.example === null)
      return evidenceOf(false, `${count}, none of them a GET that can be sent again`);
    const { shown, seen } = await askBoth(link, counted.example, imposed, strike, strikes);
    said = `${count}; ${seen}`;
    if (shown) return evidenceOf(true, said);
  }
  return evidenceOf(false, said);
}

/** The rule is still there, and a request still shows it. */
async function stillStruck(
  { link, imposed }: OnLink,
  strike: RealStrike<unknown>,
  strikes: Strikes,
): Promise<Evidence> {
  const counted = await imposed.counted();
  const count = `the proxy on ${arrow(link)} ${describeCount(counted)}`;
  if (counted === null) return evidenceOf(false, count);
  if (counted.example === null || strikes.delayMs > lookMsMax) return evidenceOf(true, count);
  return seenOn({ link, imposed }, strike, strikes);
}

async function proofOfHeal(
  { link, imposed }: OnLink,
  example: Example | undefined,
  strike: RealStrike<unknown>,
  strikes: Strikes,
): Promise<Evidence> {
  const counted = await imposed.counted();
  if (counted !== null) return evidenceOf(false, `the proxy on ${arrow(link)} keeps the rule`);
  const gone = `the proxy on ${arrow(link)} has the rule no more`;
  if (example === undefined) return evidenceOf(true, gone);
  let said = gone;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { shown, isAlike, seen } = await askBoth(link, example, imposed, strike, strikes);
    said = `${gone}; ${seen}`;
    if (!shown && isAlike) return evidenceOf(true, said);
  }
  return evidenceOf(false, said);
}

/** The same request over the link and past it, at once. */
async function askBoth(
  link: LinkHandle,
  { path, headers }: Example,
  { lookHeader }: ImposedRule,
  { observer }: RealStrike<unknown>,
  { delayMs, enoughMs, shows }: Strikes,
): Promise<{ readonly shown: boolean; readonly isAlike: boolean; readonly seen: string }> {
  const { entry, exit } = bareEndsOf(link);
  const [over, past] = await Promise.all([
    observer.ask(entry, {
      path,
      headers: { ...headers, ...lookHeader },
      timeoutMs: enoughMs ?? delayMs + graceMs,
    }),
    observer.ask(exit, { path, headers, timeoutMs: graceMs }),
  ]);
  return {
    shown: shows(over, past),
    isAlike:
      over.outcome === "answered" &&
      past.outcome === "answered" &&
      over.status === past.status &&
      over.ended === past.ended,
    // A query may hold a token.
    seen:
      `GET ${path.replace(/\?.*/, "?…")} over it ${describeSeen(over)}; ` +
      `past it ${describeSeen(past)}`,
  };
}

/** The ends without what a description adds to each request: a struck one has all of it. */
export function bareEndsOf({ entry, exit }: LinkHandle): Record<"entry" | "exit", Endpoint> {
  const { host, port, access: { tls } = {} } = exit;
  if (tls === undefined)
    return { entry: { host: entry.host, port: entry.port }, exit: { host, port } };
  const access = { tls: { ...tls, serverName: tls.serverName ?? host } };
  return {
    entry: { host: entry.host, port: entry.port, access },
    exit: { host, port, access },
  };
}

function describeCount(counted: Counted | null | undefined): string {
  if (counted === null || counted === undefined) return "has no such rule any more";
  return `has struck ${counted.struck} of ${counted.passed} requests`;
}
