import { describe, expect, it } from "vitest";
import type { Layout } from "../../target/layout.ts";
import { hostProblems, wayInProblems } from "./hosts.ts";

const layoutAt = (host: string, port = 80): Layout =>
  ({
    services: [{ name: "shop", at: { http: { host, port } } }],
    links: [{ from: "users", to: "shop", port: "http" }],
  }) as unknown as Layout;

describe("hosts", () => {
  it.each(["127.0.0.1", "127.9.8.7", "localhost", "198.18.0.5", "::1", "0:0:0:0:0:0:0:1"])(
    "%s are this machine",
    (host) => {
      expect(hostProblems(layoutAt(host), [])).toEqual([]);
    },
  );

  it.each(["10.0.0.1", "shop.example", "::2", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "fe80::1"])(
    "%s need leave, and get it",
    (host) => {
      expect(hostProblems(layoutAt(host), [])).toEqual([
        expect.stringContaining(`--allow-host ${host}`),
      ]);
      expect(hostProblems(layoutAt(host), [host])).toEqual([]);
    },
  );

  it("have ports that there are", () => {
    expect(hostProblems(layoutAt("127.0.0.1", 70_000), [])).toEqual([
      expect.stringContaining("no port 70000"),
    ]);
  });
});

it("an IPv6 address with a certificate cannot be behind the way in, others can", () => {
  const secured = (host: string) => {
    const { services, links } = layoutAt(host);
    return { services: services.map((one) => ({ ...one, access: { http: { tls: {} } } })), links };
  };
  expect(wayInProblems(secured("::1"))).toEqual([expect.stringContaining("such as localhost")]);
  expect(wayInProblems(secured("localhost"))).toEqual([]);
  expect(wayInProblems({ ...secured("::1"), links: [] })).toEqual([]);
  expect(wayInProblems(layoutAt("::1"))).toEqual([]);
});
