/** The hosts to which traffic may go without a word of the user's. */
import { isIPv4, isIPv6 } from "node:net";

/**
 * Loopback (RFC 1122, RFC 4291), and the benchmark range in which Docker networks are created
 * (RFC 2544).
 */
export function isOurs(host: string): boolean {
  if (host === "localhost" || isLoopback6(host)) return true;
  return isIPv4(host) && (/^127\./.test(host) || /^198\.1[89]\./.test(host));
}

/** However it is written: `::1`, `0:0:0:0:0:0:0:1`. */
function isLoopback6(host: string): boolean {
  return isIPv6(host) && new URL(`http://[${host}]`).hostname === "[::1]";
}
