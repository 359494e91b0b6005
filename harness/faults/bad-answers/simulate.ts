/**
 * Bad answers in virtual time. The model's requests say what they ask for, but have no headers and
 * no connections. The rule counts what it strikes, as the real proxy does.
 */
import type { BadAnswer, Who } from "../../target/bad-answer.ts";
import type { Evidence } from "../../target/evidence.ts";
import type {
  FaultExecution,
  VirtualLink,
  VirtualRule,
  VirtualStrike,
} from "../../target/fault.ts";
import type { Wish } from "../../target/model.ts";
import { arrow, evidenceOf } from "../proofs.ts";
import { struckWithinMs } from "./inject.ts";

/** A model keeps no bytes, so damage that only a reader of the body notices would be none. */
const modelled: readonly BadAnswer["is"][] = [
  "status",
  "hang",
  "slowFirstByte",
  "cutBody",
  "resetBody",
];

class CountingRule implements VirtualRule {
  readonly does: BadAnswer;
  readonly #asks: (about: Wish) => boolean;
  readonly #share: number;
  passed = 0;
  matched = 0;
  struck = 0;

  constructor(does: BadAnswer, share: number, asks: (about: Wish) => boolean) {
    this.does = does;
    this.#share = share;
    this.#asks = asks;
  }

  strikes(about: Wish | undefined): boolean {
    this.passed += 1;
    if (about === undefined || !this.#asks(about)) return false;
    this.matched += 1;
    const isStruck =
      Math.floor(this.matched * this.#share) > Math.floor((this.matched - 1) * this.#share);
    if (isStruck) this.struck += 1;
    return isStruck;
  }
}

export function simulateRule(
  { links, clock, signal }: VirtualStrike<unknown>,
  does: BadAnswer,
  { share = 1, sessions, header }: Who,
  asks: (about: Wish) => boolean,
): FaultExecution {
  const imposed: { readonly link: VirtualLink; readonly rule: CountingRule }[] = [];
  const seen = (landed: boolean): Evidence =>
    evidenceOf(
      landed && imposed.length > 0,
      imposed
        .map(
          ({ link, rule: { struck, passed } }) =>
            `the modelled proxy on ${arrow(link)} has struck ${struck} of ${passed} requests`,
        )
        .join("; "),
    );
  const hasStruck = (): boolean => imposed.some(({ rule: { struck } }) => struck > 0);
  return {
    act: async () => {
      if (sessions !== undefined || header !== undefined)
        throw new Error("the model's requests have no headers and no sessions");
      if (!modelled.includes(does.is))
        throw new Error(`the model keeps no bytes, so it has no answers that are ${does.is}`);
      for (const link of links) {
        const rule = new CountingRule(does, share, asks);
        link.rules.add(rule);
        imposed.push({ link, rule });
      }
    },
    verify: async () => {
      const deadlineMs = clock.monotonicMs() + struckWithinMs;
      while (!hasStruck() && clock.monotonicMs() < deadlineMs && !signal.aborted)
        await clock.sleep(100);
      return seen(hasStruck());
    },
    look: () => seen(imposed.every(({ link, rule }) => link.rules.has(rule))),
    revert: async () => {
      for (const { link, rule } of imposed) link.rules.delete(rule);
    },
    verifyReverted: () =>
      evidenceOf(
        imposed.every(({ link, rule }) => !link.rules.has(rule)),
        `the modelled proxy has no rule on ${links.length} links`,
      ),
  };
}
