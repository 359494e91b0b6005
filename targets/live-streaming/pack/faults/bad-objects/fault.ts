/** Answers for some objects of a stream are bad: segments of one rendition, or the live edge. */
import { z } from "zod";
import { describeAnswer } from "../../../../../harness/faults/bad-answers/answers.ts";
import { injectRule, showing } from "../../../../../harness/faults/bad-answers/inject.ts";
import { describeWho } from "../../../../../harness/faults/bad-answers/who.ts";
import { linksField, onLinks } from "../../../../../harness/faults/strikes.ts";
import { badAnswerShape, whoFields } from "../../../../../harness/target/bad-answer.ts";
import { defineFault } from "../../../../../harness/target/fault.ts";
import { describeLinks } from "../../../../../harness/target/where.ts";
import { describeObjects, objectsShape } from "../../objects/selector.ts";
import { knowledgeFile, ruleOf } from "../../objects/strikes.ts";
import { simulate } from "./simulate.ts";

export const badObjects = defineFault({
  ...onLinks,
  schema: z.strictObject({
    kind: z.literal("badObjects"),
    ...linksField,
    objects: objectsShape.describe("Which objects of the stream are struck."),
    ...whoFields,
    answer: badAnswerShape.describe("What is bad about the answers."),
  }),
  does: "answers over HTTP links are bad in one way, for some `objects` of the stream",
  describe: ({ links, objects, answer, ...who }) =>
    `answers ${describeLinks(links)} ${describeAnswer(answer)}, for ${describeObjects(objects)}` +
    describeWho(who),
  proof: "the proxy has struck a request, and the same one of the harness shows it",
  undo: "remove the rule, and check that the same request is answered as past the link",
  needs: ["links", "answers"],
  knowledge: knowledgeFile,
  inject: (strike) => {
    const { answer, objects, share, sessions, header } = strike.fault;
    const who = { share, sessions, header };
    const rule = ruleOf(answer, who, objects, strike.deployment.layout);
    return injectRule(strike, { rule, ...showing(answer) });
  },
  simulate,
});
