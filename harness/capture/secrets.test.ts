/** Tries to find in a trace what must not survive: planted in every field of every format. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { deflateSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { recorded } from "../../targets/live-streaming/pack/recorded/recorded.ts";
import { capture } from "./capture.ts";

const folder = mkdtempSync(join(tmpdir(), "seawall-secrets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As people and programs write them. */
const secrets = {
  address: "203.0.113.77",
  address6: "2001:db8:dead:beef::77",
  user: "roswitha",
  mail: "roswitha.k@mail.example",
  cookie: "sid=Zx81kQmP0aVt",
  token: "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.Qw3rTyZz",
  card: "4111111111111111",
  phone: "015212345678",
  uuid: "6f9619ff-8b86-d011-b42d-00c04fc964ff",
} as const;

type Encode = (text: string) => string;
const percent: Encode = (text) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const encodings: Readonly<Record<string, Encode>> = {
  raw: (text) => text,
  base64: (text) => Buffer.from(text).toString("base64"),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  hex: (text) => Buffer.from(text).toString("hex"),
  percent,
  "percent twice": (text) => percent(percent(text)),
  "only what must be": encodeURIComponent,
  gzip: (text) => gzipSync(text).toString("base64url"),
  deflate: (text) => deflateSync(text).toString("hex"),
  reversed: (text) => [...text].reverse().join(""),
};

/** What would show that a secret survived: each encoding, and hashes without a key. */
function tracesOf(secret: string): string[] {
  const hashes = ["md5", "sha1", "sha256"].flatMap((name) =>
    (["hex", "base64"] as const).map((form) => createHash(name).update(secret).digest(form)),
  );
  // In base64, a text looks different at each of three places.
  const places = [0, 1, 2].map((shift) =>
    Buffer.from(" ".repeat(shift) + secret)
      .toString("base64")
      .slice(4, -4),
  );
  const all = [...Object.values(encodings).map((encode) => encode(secret)), ...places, ...hashes];
  return [...new Set(all.map((one) => one.toLowerCase()))].filter((one) => one.length >= 6);
}

/** A line of each format; `of(field)` gives the value of one field. */
const lines: Readonly<Record<string, (of: (field: string) => string) => string>> = {
  ncsa: (of) =>
    `${of("client")} ${of("ident")} ${of("user")} [03/Feb/2026:10:00:00 +0000] ` +
    `"GET ${target(of)} HTTP/1.1" 200 ${of("bytes")} "${of("referrer")}" "${of("agent")}" ` +
    `"${of("more")}"`,
  json: (of) =>
    JSON.stringify({
      time: "2026-02-03T10:00:00Z",
      remote_addr: of("client"),
      remote_user: of("user"),
      request_method: "GET",
      request_uri: target(of),
      status: 200,
      http_referer: of("referrer"),
      http_user_agent: of("agent"),
      http_cookie: of("cookie"),
      bytes_sent: of("bytes"),
      [of("name of a field")]: "x",
    }),
  fastly: (of) =>
    `<134>2026-02-03T10:00:00Z cache-${of("cache")} ${of("logger")}[1]: ` +
    `${of("client")} - ${of("user")} [03/Feb/2026:10:00:00 +0000] "GET ${target(of)}" 200 1`,
  cloudfront: (of) =>
    [
      "#Version: 1.0",
      "#Fields: date time x-pop c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) " +
        "cs(User-Agent) cs-uri-query cs(Cookie)",
      [
        ...["2026-02-03", "10:00:00", of("pop"), of("client"), "GET", of("host")],
        ...[path(of), "200", of("referrer"), of("agent"), of("query"), of("cookie")],
      ].join("\t"),
    ].join("\n"),
  har: (of) =>
    JSON.stringify({
      log: {
        creator: { name: of("creator") },
        entries: [
          {
            startedDateTime: "2026-02-03T10:00:00Z",
            serverIPAddress: of("client"),
            connection: of("connection"),
            request: {
              method: "GET",
              url: `https://${of("user")}:${of("password")}@${of("host")}${target(of)}`,
              headers: [{ name: "cookie", value: of("cookie") }],
            },
            response: { status: 200, content: { text: of("body") } },
          },
        ],
      },
    }),
};

const path = (of: (field: string) => string): string =>
  `/live/${of("folder")}/v720/${of("stem")}-${of("number")}.m4s`;
const target = (of: (field: string) => string): string =>
  `${path(of)};${of("parameter")}?${of("query")}#${of("fragment")}`;

async function traceOf(log: string, keep: readonly string[] = []): Promise<string> {
  const out = join(folder, "one.trace.zst");
  await capture({
    inputs: [{ name: "log", open: () => Readable.from([Buffer.from(log)], { objectMode: false }) }],
    out,
    format: null,
    keep,
    packs: [recorded],
    numbers: "relative",
  });
  const packed = readFileSync(out);
  return zstdDecompressSync(packed).toString("latin1") + packed.toString("latin1");
}

const plain = (field: string): string => (field === "number" ? "17" : "main");

/** The fields of a format's line. */
function fieldsOf(line: (of: (field: string) => string) => string): string[] {
  const fields = new Set<string>();
  line((field) => {
    fields.add(field);
    return plain(field);
  });
  return [...fields];
}

/** One log of all. HARs are documents, and the others are lines. */
function together(logs: readonly string[]): string {
  if (!logs[0]?.startsWith('{"log"')) return logs.join("\n");
  const entries = logs.flatMap(
    (log) => (JSON.parse(log) as { log: { entries: unknown[] } }).log.entries,
  );
  return JSON.stringify({ log: { entries } });
}

describe("a trace holds no secret", () => {
  it.each(Object.keys(lines))("of a log in the format %s", async (format) => {
    const line = lines[format] as (typeof lines)[string];
    const found: string[] = [];
    let requests = 0;
    for (const field of fieldsOf(line)) {
      const logs = Object.values(secrets).flatMap((secret) =>
        Object.values(encodings).map((encode) =>
          line((one) => (one === field ? encode(secret) : plain(one))),
        ),
      );
      // Those that are no request must not spoil the others.
      const text = await traceOf(together([line(plain), ...logs]));
      requests += text.split(/\n\d/).length - 1;
      const lower = text.toLowerCase();
      for (const [kind, secret] of Object.entries(secrets))
        for (const one of tracesOf(secret))
          if (lower.includes(one)) found.push(`${kind} in ${field}: ${one}`);
    }
    expect(found).toEqual([]);
    expect(requests).toBeGreaterThan(200);
  });

  it("and no session that two captures would share", async () => {
    const line = lines["ncsa"] as (typeof lines)[string];
    const session = (text: string): string => /^0,0,0,([a-z0-9]+),200$/m.exec(text)?.[1] ?? "";
    const [one, other] = [await traceOf(line(plain)), await traceOf(line(plain))].map(session);
    expect(one).toMatch(/^[a-z0-9]+$/);
    expect(one).not.toBe(other);
  });

  it("unless the check is blind: what the user lets through is found", async () => {
    const word = `u${randomBytes(6).toString("hex")}`;
    const line = (lines["ncsa"] as (typeof lines)[string])((field) =>
      field === "folder" ? word : plain(field),
    );
    const text = await traceOf(line, ["/live/{name}/v720/main-{number}.m4s"]);
    expect(tracesOf(word).some((one) => text.includes(one))).toBe(true);
  });
});
