/** Playlists or manifests over links are wrong: stale, with a hole, or with a clock that is off. */
import { z } from "zod";
import { injectRule } from "../../../../../harness/faults/bad-answers/inject.ts";
import { describeWho } from "../../../../../harness/faults/bad-answers/who.ts";
import { linksField, onLinks } from "../../../../../harness/faults/strikes.ts";
import { whoFields } from "../../../../../harness/target/bad-answer.ts";
import { defineFault } from "../../../../../harness/target/fault.ts";
import { describeLinks } from "../../../../../harness/target/where.ts";
import { describeWrong, showsWrong, wrongTextShape } from "../../objects/rewrites/rewrites.ts";
import { knowledgeFile, ruleOf } from "../../objects/strikes.ts";

export const badPlaylists = defineFault({
  ...onLinks,
  schema: z.strictObject({
    kind: z.literal("badPlaylists"),
    ...linksField,
    rendition: z
      .string()
      .min(1)
      .optional()
      .describe("Only playlists of this rendition are struck."),
    ...whoFields,
    playlist: wrongTextShape.describe("What is wrong in them."),
  }),
  does: "playlists and manifests over HTTP links are wrong in one way",
  describe: ({ links, rendition, playlist, ...who }) =>
    `playlists ${describeLinks(links)} ${describeWrong(playlist)}` +
    `${rendition === undefined ? "" : `, of ${rendition}`}${describeWho(who)}`,
  proof: "the proxy has struck a request, and the same one of the harness shows it",
  undo: "remove the rule, and check that the same request is answered as past the link",
  needs: ["links", "answers"],
  knowledge: knowledgeFile,
  inject: (strike) => {
    const { playlist, rendition, share, sessions, header } = strike.fault;
    const objects = { of: ["manifest", "playlist"] as const, rendition };
    const does = { is: "rewritten", how: playlist } as const;
    const rule = ruleOf(does, { share, sessions, header }, objects, strike.deployment.layout);
    return injectRule(strike, {
      rule,
      delayMs: 0,
      shows: (over, past) =>
        over.outcome === "answered" &&
        past.outcome === "answered" &&
        over.text !== null &&
        past.text !== null &&
        showsWrong(playlist, over.text, past.text),
    });
  },
  simulate: "the model has no playlists",
});
