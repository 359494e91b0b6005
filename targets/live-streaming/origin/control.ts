/**
 * An operator's orders at a publish origin. Each becomes a directive that is stored first, then
 * announced, then applied at the edges.
 */
import {
  type Directive,
  lifted,
  masking,
  nextVersion,
  payloadShape,
  rangeOf,
  type SegmentRange,
} from "./directive.ts";
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { type Log, reason } from "../service/log.ts";
import { continueIfAsked, pathOf, reply } from "../service/server.ts";
import type { Store } from "../store/store.ts";
import { segmentInProduction } from "../stream/template.ts";
import { readBody } from "./body.ts";
import { nameShape } from "./configuration.ts";
import { createDirectives, type Directives, notificationsBytesMax } from "./directives.ts";
import type { Invalidation } from "./invalidation.ts";

export interface ControlParts {
  readonly event: string;
  readonly renditions: readonly string[];
  readonly pipelines: readonly string[];
  readonly directives: Directives;
  readonly invalidation: Invalidation;
  readonly store: () => Store | null;
  /** Applies a stored directive: to memory, and to the read origins. */
  readonly adopt: (directive: Directive) => void;
  readonly log: Log;
  readonly nowMs: () => number;
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, problem: string) {
    super(problem);
    this.status = status;
  }
}

const directivesMax = 1_000;
const bodyBytesMax = 16 * 1024;
const number = z.int().min(0).max(999_999_999_999);
const range = { renditions: z.array(nameShape).min(1).optional(), from: number, to: number };
const ordered = ({ from, to }: { from: number; to: number }): boolean => from <= to;
const orders = {
  mask: z
    .strictObject({ pipeline: nameShape, ...range })
    .refine(ordered, "from must not be above to"),
  invalidate: z.strictObject(range).refine(ordered, "from must not be above to"),
  notification: z.strictObject({ id: nameShape, from: number, payload: payloadShape }),
  end: z.strictObject({ last: number.nullable() }),
};

export type Control = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createControl(parts: ControlParts): Control {
  const { event, directives } = parts;
  let lastVersion = 0;
  const version = (): number => {
    lastVersion = nextVersion(lastVersion, parts.nowMs(), directives.all());
    return lastVersion;
  };

  const commit = async (directive: Directive): Promise<void> => {
    if (directives.find(directive.id) === null && directives.all().length >= directivesMax)
      throw new Refused(409, `an event has at most ${directivesMax} directives`);
    const store = parts.store();
    if (store === null) throw new Refused(503, "the store is not connected");
    try {
      await store.writeDirective({
        event,
        id: directive.id,
        version: directive.version,
        body: JSON.stringify(directive),
      });
    } catch (error) {
      parts.log("directive not stored", { id: directive.id, reason: reason(error) });
      throw new Refused(503, "the store did not take it");
    }
    parts.adopt(directive);
    parts.log("directive", { ...directive });
  };
  const commitAndForget = async (directive: Directive, range: SegmentRange): Promise<object> => {
    await commit(directive);
    return {
      id: directive.id,
      version: directive.version,
      edges: await parts.invalidation.forget(range),
    };
  };
  const known = (renditions: readonly string[] | null | undefined): readonly string[] => {
    const unknown = renditions?.find((each) => !parts.renditions.includes(each));
    if (unknown !== undefined) throw new Refused(404, `no such rendition: ${unknown}`);
    return renditions ?? parts.renditions;
  };

  const routes: Readonly<Record<string, (body: unknown) => Promise<object>>> = {
    "GET /directives": async () => directives.all(),
    async "POST /masks"(body) {
      const { pipeline, renditions, from, to } = parsed(orders.mask, body);
      if (!parts.pipelines.includes(pipeline))
        throw new Refused(404, `no such pipeline: ${pipeline}`);
      known(renditions);
      const mask = masking({
        event,
        id: `mask-${randomBytes(6).toString("hex")}`,
        version: version(),
        pipeline,
        renditions: renditions ?? null,
        from,
        to,
      });
      return commitAndForget(mask, rangeOf(mask, parts.renditions));
    },
    async "POST /invalidate"(body) {
      const { renditions, from, to } = parsed(orders.invalidate, body);
      return {
        edges: await parts.invalidation.forget({ event, renditions: known(renditions), from, to }),
      };
    },
    async "POST /notifications"(body) {
      const { id: name, from, payload } = parsed(orders.notification, body);
      const own = version();
      const notification: Directive = {
        kind: "notification",
        event,
        id: `notification-${name}-${own}`,
        version: own,
        name,
        from,
        payload,
      };
      const after = createDirectives();
      for (const each of [...directives.all(), notification]) after.add(each);
      if (
        (after.notificationsAt(Number.MAX_SAFE_INTEGER)?.text.length ?? 0) > notificationsBytesMax
      )
        throw new Refused(
          409,
          `all notifications together may have ${notificationsBytesMax} characters`,
        );
      await commit(notification);
      return { id: notification.id, version: own };
    },
    async "POST /end"(body) {
      const { last } = parsed(orders.end, body);
      const current = segmentInProduction(parts.nowMs());
      // Removes copies beyond the event's end, and on reopening the answers that said it was over.
      const before = directives.find("end");
      const from =
        1 +
        Math.min(last ?? Infinity, before?.kind === "end" ? (before.last ?? Infinity) : Infinity);
      const end: Directive = { kind: "end", event, id: "end", version: version(), last };
      const first = Number.isFinite(from) ? from : current;
      return commitAndForget(end, {
        event,
        renditions: parts.renditions,
        from: first,
        to: Math.max(first, current + 10),
      });
    },
  };

  const lift = async (id: string): Promise<object> => {
    const mask = directives.find(id);
    if (mask?.kind !== "mask") throw new Refused(404, "no such mask");
    return commitAndForget(lifted(mask, version()), rangeOf(mask, parts.renditions));
  };
  return async (request, response) => {
    try {
      const path = pathOf(request);
      const lifted =
        request.method === "DELETE" ? /^\/masks\/([a-z0-9-]{1,100})$/.exec(path)?.[1] : undefined;
      const route = routes[`${request.method} ${path}`];
      if (lifted === undefined && route === undefined) throw new Refused(404, "no such control");
      const result =
        lifted === undefined ? await route?.(await bodyOf(request, response)) : await lift(lifted);
      reply(response, 200, `${JSON.stringify(result)}\n`, { "content-type": "application/json" });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reply(
        response,
        error.status,
        `${error.message}\n`,
        request.complete ? {} : { connection: "close" },
      );
    }
  };
}

function parsed<T>(shape: z.ZodType<T>, body: unknown): T {
  const result = shape.safeParse(body);
  if (!result.success) throw new Refused(400, z.prettifyError(result.error));
  return result.data;
}

async function bodyOf(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  if (request.method === "GET") return null;
  const length = request.headers["content-length"] ?? "";
  if (!/^[0-9]{1,15}$/.test(length)) throw new Refused(411, "content-length is needed");
  if (Number(length) > bodyBytesMax)
    throw new Refused(413, `an order has at most ${bodyBytesMax} bytes`);
  continueIfAsked(request, response);
  const body = await readBody(request, Number(length));
  if (!body.ok) throw new Refused(400, `body is ${body.problem}`);
  try {
    return JSON.parse(body.bytes.toString("utf8"));
  } catch {
    throw new Refused(400, "body is not JSON");
  }
}
