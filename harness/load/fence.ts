/**
 * The second barrier around the load: every address outside the plan's hosts, as CIDR blocks to
 * which k6 must not connect. The first barrier is that k6 follows no redirects.
 */
import { isIP } from "node:net";

interface Family {
  readonly bits: number;
  readonly parse: (address: string) => bigint;
  readonly print: (value: bigint) => string;
}

const v4: Family = {
  bits: 32,
  parse: (address) => address.split(".").reduce((all, part) => all * 256n + BigInt(part), 0n),
  print: (value) => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join("."),
};

const v6: Family = {
  bits: 128,
  parse: (address) => {
    // The URL parser normalises IPv6 addresses, without an IPv4 tail.
    const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
    const [head = "", tail] = text.split("::");
    const words = (part: string): string[] => (part === "" ? [] : part.split(":"));
    const [before, after] = [words(head), words(tail ?? "")];
    const zeros = Array<string>(8 - before.length - after.length).fill("0");
    return [...before, ...zeros, ...after].reduce(
      (all, word) => all * 65_536n + BigInt(`0x${word}`),
      0n,
    );
  },
  print: (value) =>
    Array.from({ length: 8 }, (_, index) =>
      ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
    ).join(":"),
};

/** The blocks that contain none of these IP addresses and together all others, IPv4 and IPv6. */
export function blocksWithout(addresses: readonly string[]): readonly string[] {
  const of = (version: number): string[] =>
    addresses.filter((address) => isIP(address) === version);
  return [...blocksOf(v4, of(4)), ...blocksOf(v6, of(6))];
}

function blocksOf(family: Family, addresses: readonly string[]): string[] {
  const allowed = addresses.map(family.parse);
  const split = (from: bigint, length: number, inside: readonly bigint[]): string[] => {
    if (inside.length === 0) return [`${family.print(from)}/${length}`];
    if (length === family.bits) return [];
    const middle = from + (1n << BigInt(family.bits - length - 1));
    return [
      ...split(
        from,
        length + 1,
        inside.filter((one) => one < middle),
      ),
      ...split(
        middle,
        length + 1,
        inside.filter((one) => one >= middle),
      ),
    ];
  };
  return split(0n, 0, allowed);
}
