/**
 * Redaction of secrets, before they are printed or recorded. It removes `user:password@` of an
 * address, the values of parameters whose names suggest a secret, and every value that an
 * experiment calls a secret. Names that suggest one contain, in any case: token, sig, signature,
 * key, secret, password, auth, credential, jwt, session, or Akamai's hdnts and hdnea.
 */
const hidden = "***";
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"'<>]*@/gi;
const secretNames = "token|sig|key|secret|passw|pwd|auth|cred|jwt|session|hdnts|hdnea|policy";
const parameter = new RegExp(`([?&;][\\w.~%-]*(?:${secretNames})[\\w.~%-]*=)[^&#\\s"'<>]+`, "gi");

/** As they are, and as they stand in an address or in base64. */
const kept = new Set<string>();

/** From here on, no text holds this value. */
export function keepSecret(value: string): void {
  if (value === "") return;
  for (const form of [
    value,
    encodeURIComponent(value),
    Buffer.from(value).toString("base64"),
    JSON.stringify(value).slice(1, -1),
  ])
    kept.add(form);
  // One may hold another.
  const longestFirst = [...kept].sort((a, b) => b.length - a.length);
  kept.clear();
  for (const form of longestFirst) kept.add(form);
}

const named = new Map<string, string>();

/** Variables whose values are secrets, from an environment; those that are not set stay unknown. */
export function nameSecrets(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const name of names) {
    const value = env[name];
    if (value === undefined || value === "") continue;
    named.set(name, value);
    keepSecret(value);
  }
}

/** Empty where it was never named. */
export function secretNamed(name: string): string {
  return named.get(name) ?? "";
}

/** Whether it holds a value that was kept. */
export function holdsSecret(text: string): boolean {
  return [...kept].some((value) => text.includes(value));
}

export function redacted(text: string): string {
  let without = text;
  for (const value of kept) without = without.replaceAll(value, hidden);
  return without.replace(userInfo, `$1${hidden}@`).replace(parameter, `$1${hidden}`);
}

/** A replacer for `JSON.stringify` that redacts every string of a document. */
export function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === "string" ? redacted(value) : value;
}
