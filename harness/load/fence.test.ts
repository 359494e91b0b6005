import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { expect, it } from "vitest";
import { blocksWithout } from "./fence.ts";

function forbids(blocks: readonly string[], address: string): boolean {
  const list = new BlockList();
  const family = (text: string): "ipv4" | "ipv6" => (isIP(text) === 6 ? "ipv6" : "ipv4");
  // As in k6: an IPv4 address is matched against IPv4 blocks only.
  for (const block of blocks.filter((one) => one.includes(":") === address.includes(":"))) {
    const [from = "", length] = block.split("/");
    list.addSubnet(from, Number(length), family(from));
  }
  return list.check(address, family(address));
}

it("forbids every address except those named", () => {
  const named = ["127.1.1.11", "127.2.1.16", "::1", "2001:db8::7"];
  const blocks = blocksWithout(named);
  expect(named.filter((address) => forbids(blocks, address))).toEqual([]);
  const others = [
    "127.1.1.10",
    "127.1.1.12",
    "127.0.0.1",
    "10.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "8.8.8.8",
    "::",
    "::2",
    "2001:db8::8",
    "ffff::1",
  ];
  expect(others.filter((address) => !forbids(blocks, address))).toEqual([]);
});

it("forbids a whole family without named addresses", () => {
  expect(blocksWithout(["127.0.0.1"]).filter((block) => block.includes(":"))).toEqual([
    "0:0:0:0:0:0:0:0/0",
  ]);
});

it("is correct for any address", () => {
  fc.assert(
    fc.property(fc.array(fc.ipV4(), { maxLength: 5 }), fc.ipV4(), (named, other) => {
      expect(forbids(blocksWithout(named), other)).toBe(!named.includes(other));
    }),
    { numRuns: 100 },
  );
});
