/**
 * A certificate that is out of date. Proof: a connection that the harness did not make has got it.
 * The harness does not trust it over the link, and trusts the service's own past it.
 */
import type { ImposedRule } from "../../target/bad-answer.ts";
import type { LinkHandle } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { describeSeen } from "../../target/observer.ts";
import { bareEndsOf, struckWithinMs } from "../bad-answers/inject.ts";
import { arrow, each, evidenceOf, onEach } from "../proofs.ts";

const everyMs = 100;
const answerWithinMs = 2_000;
const expired = "CERT_HAS_EXPIRED";

interface OnLink {
  readonly link: LinkHandle;
  readonly rule: ImposedRule;
}

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const imposed: OnLink[] = [];
  return {
    act: () =>
      each(strike.links, async (link) => {
        if (link.answerWith === undefined) throw new Error(`${arrow(link)} has no HTTP proxy`);
        const rule = await link.answerWith({ does: { is: "expiredCertificate" }, who: {} });
        imposed.push({ link, rule });
      }),
    verify: async () => {
      await untilConnected(imposed, strike);
      return onEach(imposed, (one) => proofOf(one, strike));
    },
    look: () => onEach(imposed, (one) => proofOf(one, strike)),
    revert: () => each(imposed, ({ rule }) => rule.remove()),
    verifyReverted: () =>
      onEach(imposed, async ({ link }) => {
        const { over, seen } = await asked(link, strike);
        return evidenceOf(over.outcome === "answered", seen);
      }),
  };
}

/** Later connections may be the harness's own, which nothing tells from others. */
async function untilConnected(
  imposed: readonly OnLink[],
  { clock, signal }: RealStrike<unknown>,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + struckWithinMs;
  for (;;) {
    const counted = await Promise.all(imposed.map(({ rule }) => rule.counted()));
    if (counted.some((one) => (one?.struck ?? 0) > 0)) return;
    if (clock.monotonicMs() > deadlineMs || signal.aborted)
      throw new Error("no connection was made that could have got the expired certificate");
    await clock.sleep(everyMs);
  }
}

async function proofOf({ link, rule }: OnLink, strike: RealStrike<unknown>): Promise<Evidence> {
  const counted = await rule.counted();
  if (counted === null) return evidenceOf(false, `the proxy on ${arrow(link)} has no such rule`);
  const { over, past, seen } = await asked(link, strike);
  return evidenceOf(
    over.outcome === "distrusted" && over.code === expired && past.outcome === "answered",
    `${counted.struck} connections over ${arrow(link)} have got it; ${seen}`,
  );
}

async function asked(link: LinkHandle, { observer }: RealStrike<unknown>) {
  const { entry, exit } = bareEndsOf(link);
  const asking = { path: "/", headers: {}, timeoutMs: answerWithinMs };
  const [over, past] = await Promise.all([observer.ask(entry, asking), observer.ask(exit, asking)]);
  const seen = `GET / over it ${describeSeen(over)}; past it ${describeSeen(past)}`;
  return { over, past, seen };
}
