/** Says in one clause why a request got no answer. */

export const otherVersion = "it does not speak the version of HTTP that the target names";

/** By the code that Node gives it. */
const words: Readonly<Record<string, (error: Error) => string>> = {
  CERT_HAS_EXPIRED: () => "its certificate has expired",
  CERT_NOT_YET_VALID: () => "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  ERR_TLS_CERT_ALTNAME_INVALID: (error) =>
    `its certificate is for other names (${(error as { reason?: string }).reason ?? "unknown"})`,
  ERR_SSL_WRONG_VERSION_NUMBER: () => "it does not speak https there",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: () => otherVersion,
  EPROTO: () => "it does not speak https there, or refuses what was offered",
};

export const sessionRefused = "SESSION_REFUSED";

/** No wait heals these. */
const lasting = new Set([
  ...Object.keys(words).filter((code) => code !== "EPROTO"),
  sessionRefused,
]);

function unknownAuthority(): string {
  return "its certificate is signed by an unknown authority: name that in tls.ca";
}

/** The same error, or one whose message says what to do about it. */
export function explained(error: Error): Error {
  const code = codeOf(error);
  const say = Object.hasOwn(words, code) ? words[code] : undefined;
  return say === undefined ? error : new Error(say(error), { cause: error });
}

/** Whether the same request will fail in the same way until its user changes something. */
export function isLasting(error: unknown): boolean {
  return lasting.has(codeOf(error)) || lasting.has(codeOf((error as Error | null)?.cause));
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | null | undefined)?.code ?? "");
}
