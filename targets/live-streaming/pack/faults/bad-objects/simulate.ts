/** In virtual time: a request of the model says which object it is for. */
import { simulateRule } from "../../../../../harness/faults/bad-answers/simulate.ts";
import type { BadAnswer, Who } from "../../../../../harness/target/bad-answer.ts";
import type { FaultExecution, VirtualStrike } from "../../../../../harness/target/fault.ts";
import { objectKinds, type StreamObject } from "../../objects/classify.ts";
import { isSelected, type Objects } from "../../objects/selector.ts";
import { streamOf } from "../../stream/stream.ts";

interface Fields extends Who {
  readonly answer: BadAnswer;
  readonly objects: Objects;
}

export function simulate(strike: VirtualStrike<Fields>): FaultExecution {
  const { fault, clock, deployment } = strike;
  const { segmentMs, availabilityStartMs } = streamOf(deployment.layout);
  return simulateRule(strike, fault.answer, fault, ({ kind, rendition, number }) => {
    const known = objectKinds.find((one) => one === kind);
    if (known === undefined) return false;
    const object: StreamObject = {
      kind: known,
      ...(rendition === undefined ? {} : { rendition: String(rendition) }),
      ...(number === undefined ? {} : { number: Number(number) }),
    };
    const newest = Math.floor((clock.nowMs() - availabilityStartMs) / segmentMs) - 1;
    return isSelected(fault.objects, object, newest);
  });
}
