/** The harness's side of the HTTP proxy, and the links that it stands before. */
import { randomUUID } from "node:crypto";
import { SeawallError } from "../../base/errors.ts";
import { callDirectly } from "../../system/direct-http.ts";
import type { AnswerRule, Counted, ImposedRule } from "../../target/bad-answer.ts";
import type { LinkHandle, Toxic } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { addressText, type Endpoint, type Link } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";
import { lookHeaderName } from "./look.ts";

/** It answers within ms; a starved machine needs longer. */
const callMsMax = 5_000;

export class FaultProxy {
  readonly #control: Endpoint;
  readonly #token: string;

  constructor(control: Endpoint, token: string) {
    this.#control = control;
    this.#token = token;
  }

  async impose(link: string, rule: AnswerRule): Promise<ImposedRule> {
    const id = randomUUID();
    const path = `/rules/${id}`;
    await this.#call("PUT", path, [204], { link, rule });
    return {
      lookHeader: { [lookHeaderName]: id },
      counted: async () => {
        const { status, text } = await this.#call("GET", path, [200, 404]);
        return status === 404 ? null : (JSON.parse(text) as Counted);
      },
      remove: async () => void (await this.#call("DELETE", path, [204])),
    };
  }

  async accept(link: string, accepting: boolean): Promise<void> {
    const path = `/links/${encodeURIComponent(link)}`;
    await this.#call(accepting ? "PUT" : "DELETE", path, [204]);
  }

  async #call(
    method: string,
    path: string,
    expected: readonly number[],
    body?: object,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await callDirectly(`http://${addressText(this.#control)}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callMsMax),
    }).catch((error: Error) => {
      throw failed(`${method} is not answered: ${error.message}`, error);
    });
    if (!expected.includes(answer.status))
      throw failed(`${method} is answered with ${answer.status}: ${answer.text}`);
    return answer;
  }
}

function failed(what: string, cause?: Error): SeawallError {
  return new SeawallError("PROXY_FAILED", `the HTTP proxy on links failed: ${what}`, {
    cause,
    hint: "Its log is in the run directory, logs/http-proxy.log.",
  });
}

/** A link on which the HTTP proxy stands before Toxiproxy. Everything else is Toxiproxy's. */
export class AnswerLink implements LinkHandle {
  readonly entry: Endpoint;
  readonly #behind: LinkHandle;
  readonly #proxy: FaultProxy;

  constructor(behind: LinkHandle, proxy: FaultProxy, entry: Endpoint) {
    this.#behind = behind;
    this.#proxy = proxy;
    this.entry = entry;
  }

  get link(): Link {
    return this.#behind.link;
  }

  get exit(): Endpoint {
    return this.#behind.exit;
  }

  answerWith(rule: AnswerRule): Promise<ImposedRule> {
    return this.#proxy.impose(linkName(this.link), rule);
  }

  impose(toxic: Toxic): Promise<() => Promise<void>> {
    return this.#behind.impose(toxic);
  }

  observe(what: Toxic | { readonly kind: "cut" }): Promise<Evidence> {
    return this.#behind.observe(what);
  }

  /** Both, because a client connects to this proxy, and Toxiproxy is who reports the cut. */
  async cut(): Promise<void> {
    await this.#behind.cut();
    await this.#proxy.accept(linkName(this.link), false);
  }

  async restore(): Promise<void> {
    await this.#behind.restore();
    await this.#proxy.accept(linkName(this.link), true);
  }
}
