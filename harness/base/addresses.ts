/** Telling kinds of host apart, without asking the machine. */

const octet = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const four = new RegExp(`^${octet}(\\.${octet}){3}$`);

export function isIPv4(host: string): boolean {
  return four.test(host);
}

/** As no name and no IPv4 address holds a colon. */
export function isIPv6(host: string): boolean {
  return host.includes(":");
}
