/**
 * Answers over HTTP links are bad in one way. The proxy on the link knows requests, not what they
 * are for; a pack's own fault does.
 */
import { z } from "zod";
import { badAnswerShape, whoFields } from "../../target/bad-answer.ts";
import { defineFault } from "../../target/fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { describeAnswer } from "./answers.ts";
import { injectRule, showing } from "./inject.ts";
import { simulateRule } from "./simulate.ts";
import { describeWho } from "./who.ts";

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== null;
  } catch {
    return false;
  }
}

export const badAnswers = defineFault({
  ...onLinks,
  schema: z.strictObject({
    kind: z.literal("badAnswers"),
    ...linksField,
    path: z
      .string()
      .min(1)
      .max(500)
      .refine(isPattern, "is no regular expression")
      .optional()
      .describe("Only requests whose path and query match this regular expression are struck."),
    ...whoFields,
    answer: badAnswerShape.describe("What is bad about the answers."),
  }),
  does: "answers over HTTP links are bad in one way, of all requests or some",
  describe: ({ links, path, answer, ...who }) =>
    `answers ${describeLinks(links)} ${describeAnswer(answer)}` +
    `${path === undefined ? "" : `, of ${path}`}${describeWho(who)}`,
  proof: "the proxy has struck a request, and the same one of the harness shows it",
  undo: "remove the rule, and check that the same request is answered as past the link",
  needs: ["links", "answers"],
  inject: (strike) => {
    const { answer, path, share, sessions, header } = strike.fault;
    const rule = { does: answer, path, who: { share, sessions, header } };
    return injectRule(strike, { rule, ...showing(answer) });
  },
  simulate: (strike) => {
    const { answer, path } = strike.fault;
    const pattern = path === undefined ? null : new RegExp(path);
    return simulateRule(
      strike,
      answer,
      strike.fault,
      (about) => pattern === null || pattern.test(String(about["path"])),
    );
  },
});
