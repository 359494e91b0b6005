/**
 * Secrets in addresses. A password, or a token in a query, belongs to whom it was given: it is
 * neither printed nor recorded. What is taken out: `user:password@` of an address, and the values
 * of parameters whose names speak of a secret (token, sig, signature, key, secret, password, auth,
 * credential, jwt, session, and Akamai's hdnts and hdnea), in upper or lower case, as parts of
 * names, too.
 */
const hidden = "***";
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]*@/gi;
const secretNames = "token|sig|key|secret|passw|pwd|auth|cred|jwt|session|hdnts|hdnea|policy";
const parameter = new RegExp(`([?&;][\\w.~%-]*(?:${secretNames})[\\w.~%-]*=)[^&#\\s"'<>]+`, "gi");

export function redacted(text: string): string {
  return text.replace(userInfo, `$1${hidden}@`).replace(parameter, `$1${hidden}`);
}

/** For `JSON.stringify`: every text of a document without its secrets. */
export function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? redacted(value) : value;
}
