/**
 * Redaction of secrets in addresses, before they are printed or recorded. It removes
 * `user:password@` and the values of parameters whose names suggest a secret. Such names contain,
 * in any case: token, sig, signature, key, secret, password, auth, credential, jwt, session, or
 * Akamai's hdnts and hdnea.
 */
const hidden = "***";
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]*@/gi;
const secretNames = "token|sig|key|secret|passw|pwd|auth|cred|jwt|session|hdnts|hdnea|policy";
const parameter = new RegExp(`([?&;][\\w.~%-]*(?:${secretNames})[\\w.~%-]*=)[^&#\\s"'<>]+`, "gi");

export function redacted(text: string): string {
  return text.replace(userInfo, `$1${hidden}@`).replace(parameter, `$1${hidden}`);
}

/** A replacer for `JSON.stringify` that redacts every string of a document. */
export function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? redacted(value) : value;
}
