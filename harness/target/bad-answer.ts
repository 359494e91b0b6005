/**
 * What the HTTP proxy on a link does to answers, and to which of them. A fault states it, and the
 * proxy carries it out. Knowledge of what requests ask for comes from a pack.
 */
import { z } from "zod";
import type { Frozen } from "../base/frozen.ts";

const share = z.number().gt(0).lt(1);

/**
 * One way in which an answer is bad. `share` is the part of the body that arrives. Where it
 * matters, the proxy first reads the whole body.
 */
export const badAnswerShape = z.discriminatedUnion("is", [
  /** The service is not asked. */
  z.strictObject({ is: z.literal("status"), status: z.number().int().min(400).max(599) }),
  z.strictObject({
    is: z.literal("slowFirstByte"),
    delayMs: z.number().int().min(100).max(60_000),
  }),
  /** The request is read, and nothing is sent. */
  z.strictObject({ is: z.literal("hang") }),
  /** The connection closes before the announced end. */
  z.strictObject({ is: z.literal("cutBody"), share }),
  z.strictObject({
    is: z.literal("slowBody"),
    bytesPerSecond: z.number().int().min(1_000).max(1_000_000_000),
  }),
  /** As many bytes as before, and some of them inverted. */
  z.strictObject({ is: z.literal("wrongBytes") }),
  /** Shorter than it should be, and announced as that short. */
  z.strictObject({ is: z.literal("shortBody"), share }),
  z.strictObject({ is: z.literal("wrongType"), type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/) }),
  /** The connection is reset within the body. */
  z.strictObject({ is: z.literal("resetBody"), share }),
]);
export type BadAnswer = Frozen<z.infer<typeof badAnswerShape>>;

/** The same, or a text that a pack's knowledge rewrites; `how` is for the pack. */
export type Damage =
  | BadAnswer
  | { readonly is: "rewritten"; readonly how: object }
  /** New connections get a certificate that is out of date. Each counts as a request. */
  | { readonly is: "expiredCertificate" };

const header = z.string().regex(/^[!#$%&'*+.^`|~\w-]+$/);

/** Which requests are struck, beyond what they ask for. */
export const whoFields = {
  /** Of the requests: every second one for 0.5. */
  share: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe("The share of the requests that is struck, evenly spread. All without it."),
  /**
   * Of the sessions: each is struck in all its requests, or in none. A session is the value of a
   * header; without `by`, a connection.
   */
  sessions: z
    .strictObject({ share: z.number().gt(0).max(1), by: header.optional() })
    .optional()
    .describe(
      "The share of sessions whose requests are struck. `by` is the header that names a session; " +
        "without it, a connection is one.",
    ),
  /** Only requests with this header, such as that of a test account. */
  header: z
    .strictObject({ name: header, value: z.string().min(1).max(256) })
    .optional()
    .describe("Only requests with this header are struck, such as those of a test account."),
};
const whoShape = z.strictObject(whoFields);
export type Who = Frozen<z.infer<typeof whoShape>>;

/** What one request asks, as far as knowledge may use it. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** A module of a pack that knows what requests ask for; it exports one as `knowledge`. */
export interface Knowledge {
  /**
   * Returns whether a request asks for what `which` describes. Called once per rule; the result may
   * keep a state.
   */
  matcher(which: object, nowMs: () => number): Matcher;
  /** The session in the value of a header; the whole value if left out. */
  session?(value: string): string;
  /** Returns what rewrites a text. Absent if the pack rewrites nothing. */
  rewriter?(how: object, nowMs: () => number): (text: string, asked: Asked) => string;
}

export interface Matcher {
  matches(asked: Asked): boolean;
  /** Receives each text of at most {@link textBytesMax} that passes, such as a list. */
  learn?(asked: Asked, text: string): void;
}

export const textBytesMax = 1024 * 1024;

/** One rule of the proxy on a link. */
export interface AnswerRule {
  readonly does: Damage;
  readonly who: Who;
  /** A regular expression that the path must match, query included. */
  readonly path?: string | undefined;
  /** What a pack's knowledge must find in the request. `module` is the file that exports it. */
  readonly knows?: { readonly module: string; readonly which: object } | undefined;
}

/** What the proxy has counted for a rule, without the harness's own requests. */
export interface Counted {
  /** Requests on the link since the rule is in force. */
  readonly passed: number;
  readonly struck: number;
  /** The last GET that was struck, which the harness can send again. */
  readonly example: Example | null;
}

export interface Example extends Asked {
  /** Without those that concern one connection only. They may be secret: nothing records them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A rule in force on a link. */
export interface ImposedRule {
  /** Null if the proxy does not have the rule any more. */
  counted(): Promise<Counted | null>;
  /** A header that marks a request as the harness's own look at this rule. */
  readonly lookHeader: Readonly<Record<string, string>>;
  /** Idempotent. */
  remove(): Promise<void>;
}
