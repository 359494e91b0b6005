/**
 * Access control of the game day's server. The page is on loopback, to which any web page in the
 * same browser can send requests, too. So there are no cookies, and a request must carry a role's
 * token in a header. Its Host must be this machine, which excludes a name that was rebound to
 * 127.0.0.1, and its origin must not be another site.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Right, Role } from "./day/game-day.ts";

export interface Refusal {
  readonly status: 400 | 401 | 403 | 421;
  readonly why: string;
}

/** One secret per role, generated each time a day is opened and never written to disk. */
export class Tokens {
  readonly #roles: readonly {
    readonly role: Role;
    readonly digest: Buffer;
    readonly token: string;
  }[];

  constructor(roles: readonly Role[]) {
    this.#roles = roles.map((role) => {
      const token = randomBytes(24).toString("base64url");
      return { role, token, digest: digestOf(token) };
    });
  }

  tokenOf(role: string): string {
    return this.#roles.find((one) => one.role.name === role)?.token ?? "";
  }

  /** Compares digests, and always all of them, so that timing reveals nothing about a token. */
  roleOf(authorization: string | undefined): Role | null {
    const digest = digestOf(/^Bearer ([\w-]{1,200})$/.exec(authorization ?? "")?.[1] ?? "");
    let found: Role | null = null;
    for (const one of this.#roles) if (timingSafeEqual(one.digest, digest)) found = one.role;
    return found;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Any port is allowed: a tunnel (`ssh -L`) may use another one. */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

/**
 * The problem of a request's origin or destination; null if there is none. `isPage`: the page
 * itself, which contains no secret and may be linked to.
 */
export function strangerProblem(
  header: (name: string) => string | undefined,
  isPage: boolean,
): Refusal | null {
  const [host, origin] = [header("host"), header("origin")];
  if (host === undefined || !loopbackHost.test(host))
    return {
      status: 421,
      why: "the game day page answers only to 127.0.0.1 and localhost",
    };
  if (isPage) return null;
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, why: "not from another site" };
  const site = header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none")
    return { status: 403, why: "not from another site" };
  return null;
}

export function mayNot(role: Role, right: Right): Refusal | null {
  return role.may.includes(right)
    ? null
    : { status: 403, why: `the role "${role.name}" may not ${right}` };
}
