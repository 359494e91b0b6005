/**
 * A session's token: everything that a gateway must know of the session, signed. Any gateway can
 * take the session over, including one that has just started.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

const claimsShape = z.strictObject({
  session: z.string().regex(/^[0-9a-f]{32}$/),
  device: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  bitsPerSecond: z.int().positive(),
  /** Epoch ms. */
  untilMs: z.int().positive(),
});
export type SessionClaims = z.infer<typeof claimsShape>;

/** Longer tokens are rejected unread. */
const lengthMax = 512;

export function signToken(claims: SessionClaims, key: string): string {
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${body}.${signature(body, key)}`;
}

/** Null if the token was not signed with the key, or has expired. */
export function verifyToken(token: string, key: string, nowMs: number): SessionClaims | null {
  const [body, given, ...rest] = token.length > lengthMax ? [] : token.split(".");
  if (body === undefined || given === undefined || rest.length > 0) return null;
  const [a, b] = [Buffer.from(given), Buffer.from(signature(body, key))];
  if (a.length !== b.length || !timingSafeEqual(a, b)) return null;
  try {
    const claims = claimsShape.safeParse(JSON.parse(Buffer.from(body, "base64url").toString()));
    return claims.success && claims.data.untilMs > nowMs ? claims.data : null;
  } catch {
    return null;
  }
}

function signature(body: string, key: string): string {
  return createHmac("sha256", key).update(body).digest("base64url");
}
