import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { recorded } from "../../targets/live-streaming/pack/recorded/recorded.ts";
import { times } from "../../test/support/thorough.ts";
import type { TraceRow } from "../trace/trace.ts";
import { capture, type Capturing } from "./capture.ts";
import { type FormatName, formatNames } from "./formats.ts";
import { readTrace } from "./read-trace.ts";

const folder = mkdtempSync(join(tmpdir(), "seawall-capture-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

type Given = Buffer | string;

async function captured(logs: readonly Given[], given: Partial<Capturing> = {}) {
  const out = join(folder, `${files++}.trace.zst`);
  const summary = await capture({
    inputs: logs.map((log, index) => ({
      name: `log ${index}`,
      // In pieces, as a pipe delivers it.
      open: () => Readable.from(piecesOf(Buffer.from(log as string)), { objectMode: false }),
    })),
    out,
    format: null,
    keep: [],
    packs: [recorded],
    numbers: "relative",
    key: Buffer.alloc(32, 7),
    ...given,
  });
  const rows: TraceRow[] = [];
  const { objects } = await readTrace(out, (row) => rows.push(row));
  return { summary, rows, objects, text: zstdDecompressSync(readFileSync(out)).toString(), out };
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

const two = (value: number): string => String(value).padStart(2, "0");
const path = (number: number): string => `/live/main/v720/${number}.m4s`;
const ncsaLine = (second: number, number: number, client = "10.0.0.1"): string =>
  `${client} - - [03/Feb/2026:10:00:${two(second)} +0100] "GET ${path(number)} HTTP/1.1" 200 99 ` +
  '"http://shop.example/" "Player/1"';

/** The same three requests of two clients in each format. */
const sames: Readonly<Record<string, readonly string[]>> = {
  common: [0, 1, 2].map(
    (at) => ncsaLine(at, 100 + at, `10.0.0.${at % 2}`).split(' "http:')[0] ?? "",
  ),
  combined: [0, 1, 2].map((at) => ncsaLine(at, 100 + at, `10.0.0.${at % 2}`)),
  "with a host before": [0, 1, 2].map(
    (at) => `cdn.example:443 ${ncsaLine(at, 100 + at, `10.0.0.${at % 2}`)}`,
  ),
  varnishncsa: [0, 1, 2].map((at) =>
    ncsaLine(at, 100 + at, `10.0.0.${at % 2}`).replace("GET /", "GET http://cdn.example/"),
  ),
  "nginx JSON": [0, 1, 2].map((at) =>
    JSON.stringify({
      time_iso8601: `2026-02-03T10:00:${two(at)}+01:00`,
      remote_addr: `10.0.0.${at % 2}`,
      request: `GET ${path(100 + at)}?token=abc HTTP/1.1`,
      status: "200",
    }),
  ),
  "Fastly JSON": [0, 1, 2].map(
    (at) =>
      "<134>2026-02-03T09:00:00Z cache-fra1 logs[42]: " +
      JSON.stringify({
        timestamp: `2026-02-03T10:00:${two(at)}+0100`,
        client_ip: `10.0.0.${at % 2}`,
        request_method: "GET",
        url: path(100 + at),
        response_status: 200,
      }),
  ),
  "Fastly classic": [0, 1, 2].map(
    (at) =>
      "<134>2026-02-03T09:00:00Z cache-fra1 logs[42]: " +
      ncsaLine(at, 100 + at, `10.0.0.${at % 2}`),
  ),
  CloudFront: [
    "#Version: 1.0",
    "#Fields: date time x-pop sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)",
    ...[0, 1, 2].map((at) =>
      [
        "2026-02-03",
        `09:00:${two(at)}`,
        "FRA50-C1",
        "99",
        `10.0.0.${at % 2}`,
        "GET",
        "d1.example",
        path(100 + at),
        "200",
        "-",
      ].join("\t"),
    ),
  ],
};

describe("a capture", () => {
  it.each(Object.entries(sames))("reads %s", async (_name, lines) => {
    const { summary, rows, objects } = await captured([lines.join("\n")]);
    expect(summary).toMatchObject({
      lines: 3,
      requests: 3,
      sessions: 2,
      kinds: { segment: 3 },
      clockMs: 1000,
    });
    expect(objects).toEqual([{ kind: "segment", path: "/live/main/v720/{number}.m4s" }]);
    expect(rows.map(({ number, status }) => [number, status])).toEqual([
      [-1, 200],
      [0, 200],
      [1, 200],
    ]);
    expect(rows[0]?.session).toBe(rows[2]?.session);
    expect(rows[0]?.session).not.toBe(rows[1]?.session);
    expect(rows[2]?.atMs).toBeGreaterThan(1_000);
    expect(rows[2]?.atMs).toBeLessThan(3_000);
  });

  it("reads a HAR as one session, to the millisecond", async () => {
    const har = JSON.stringify({
      log: {
        entries: [0, 1, 2].map((at) => ({
          startedDateTime: `2026-02-03T10:00:0${at}.25${at}Z`,
          request: { method: "GET", url: `https://cdn.example${path(7 + at)}?t=1` },
          response: { status: 206, content: { text: "x".repeat(100_000) } },
        })),
      },
    });
    const { summary, rows } = await captured([har]);
    expect(summary).toMatchObject({ requests: 3, sessions: 1, clockMs: 1 });
    expect(rows.map(({ atMs }) => atMs)).toEqual([0, 1_001, 2_002]);
  });

  it("reads gzip, zstd and UTF-16, and counts what is no UTF-8", async () => {
    const text = (sames["combined"] ?? []).join("\r\n");
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
    for (const log of [gzipSync(text), zstdCompressSync(text), wide])
      expect((await captured([log])).summary).toMatchObject({ requests: 3, otherEncoding: 0 });
    const latin = Buffer.from(text.replaceAll("Player/1", "Pl\u00e4yer"), "latin1");
    expect((await captured([latin])).summary).toMatchObject({ requests: 3, otherEncoding: 3 });
  });

  it("keeps what came before the end of a gzip file that is cut off, and says so", async () => {
    const text = Array.from({ length: 5_000 }, (_, at) => ncsaLine(at % 60, at)).join("\n");
    const packed = gzipSync(text);
    const { summary } = await captured([packed.subarray(0, packed.length / 2)]);
    expect(summary.cutOff).toBe(1);
    expect(summary.requests).toBeGreaterThan(100);
    expect(summary.requests).toBeLessThan(5_000);
  });

  it("puts lines in order, and merges logs of one time", async () => {
    const late = [5, 1, 3, 0, 4, 2].map((second) => ncsaLine(second, second, "10.1.1.1"));
    const other = [0, 2, 4].map((second) => ncsaLine(second, second, "10.2.2.2"));
    const { rows, summary } = await captured([late.join("\n"), other.join("\n")]);
    const times = rows.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(summary).toMatchObject({ requests: 9, sessions: 2, leftOut: { late: 0 } });
  });

  it("counts each line that it leaves out, by reason", async () => {
    const lines = [
      ...Array.from({ length: 40 }, (_, at) => ncsaLine(at, at)),
      "this is no line of a log",
      ncsaLine(1, 1).replace("GET", "POST"),
      ncsaLine(1, 1).replace(".m4s", ".php"),
      ncsaLine(1, 1).replace("2026", "2071"),
      ncsaLine(1, 9_999_999_999),
      `${ncsaLine(1, 1)}${"x".repeat(70_000)}`,
    ];
    const { summary } = await captured([lines.join("\n")]);
    expect(summary).toMatchObject({
      lines: 46,
      requests: 40,
      leftOut: {
        broken: 1,
        tooLong: 1,
        late: 0,
        strayTime: 1,
        otherMethod: 1,
        otherPath: 1,
        tooManyObjects: 0,
        numberTooFar: 1,
      },
    });
  });

  it("counts lines that are out of order by more than a minute", async () => {
    const line = (at: number): string => {
      const moment = new Date(Date.UTC(2026, 1, 3) + at * 10).toISOString();
      return JSON.stringify({ time: moment, method: "GET", path: path(at), status: 200 });
    };
    const lines = Array.from({ length: 60_000 }, (_, at) => line(at));
    const { summary } = await captured([[...lines, line(5)].join("\n")]);
    expect(summary).toMatchObject({ lines: 60_001, requests: 60_000, leftOut: { late: 1 } });
  });

  it("lets through what the user names, and nothing else of the path", async () => {
    const log = [
      '10.0.0.1 - - [03/Feb/2026:10:00:00 +0000] "GET /api/v2/bob/score.json HTTP/1.1" 200 9',
      '10.0.0.1 - - [03/Feb/2026:10:00:00 +0000] "GET /api/v2/ann/score.json HTTP/1.1" 200 9',
    ].join("\n");
    const { objects } = await captured([log], { keep: ["/api/v2/*/score.json"] });
    expect(objects).toEqual([{ kind: "kept", path: "/api/v2/~/score.json" }]);
    await expect(captured([log])).rejects.toThrow(
      /no line became a request: 2 lines: 2 of another/,
    );
    await expect(captured([log], { keep: ["score"] })).rejects.toThrow(/is no path/);
  });

  it("maps unknown words to numbers, and drops what looks like an id", async () => {
    const log = ["~bob", "team-alice", "4f3a9b8c7d6e5f4a3b2c1d0e", "a1b2c3d4e5", "%41lice"]
      .map((word) => ncsaLine(0, 1).replace("main", word))
      .join("\n");
    const { objects } = await captured([log]);
    expect(objects.map((one) => one.path)).toEqual([
      "/live/~/v720/{number}.m4s",
      "/live/~1-~2/v720/{number}.m4s",
    ]);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const before = readdirSync(folder).length;
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(captured([ncsaLine(0, 1)], { signal })).rejects.toThrow("stopped");
    expect(readdirSync(folder)).toHaveLength(before);
  });

  it("makes a trace that is also read as plain text, and no less strictly", async () => {
    const { text, rows } = await captured([[ncsaLine(0, 100), ncsaLine(2, 101)].join("\n")]);
    const plain = join(folder, `${files++}.trace`);
    writeFileSync(plain, text);
    const read: TraceRow[] = [];
    await readTrace(plain, (row) => read.push(row));
    expect(read).toEqual(rows);
    writeFileSync(plain, text.slice(0, -5));
    await expect(readTrace(plain, () => {})).rejects.toMatchObject({ code: "TRACE_BROKEN" });
  });

  it("makes a trace that is refused once a part of it is missing or changed", async () => {
    const lines = Array.from({ length: 300 }, (_, at) => ncsaLine(at % 60, at % 60));
    const { out, text } = await captured([lines.join("\n")]);
    const whole = readFileSync(out);
    const broken = join(folder, "broken.trace.zst");
    const refused = async (bytes: Buffer): Promise<void> => {
      writeFileSync(broken, bytes);
      await expect(readTrace(broken, () => {})).rejects.toMatchObject({ code: "TRACE_BROKEN" });
    };
    for (const share of [0, 0.1, 0.5, 0.9, 0.999])
      await refused(whole.subarray(0, Math.floor(whole.length * share)));
    const all = text.split("\n");
    for (const without of [0, 1, 2, all.length - 2])
      await refused(zstdCompressSync(all.filter((_, at) => at !== without).join("\n")));
    await refused(zstdCompressSync(text.replace("@{", "@[")));
    await refused(zstdCompressSync(`${text}0,0,0,a,200\n`));
  });

  it("never crashes on any bytes, and accounts for each line", { timeout: 120_000 }, async () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.constantFrom(...Object.values(sames).flat()),
      fc
        .tuple(fc.constantFrom(...Object.values(sames).flat()), fc.nat(200), fc.string())
        .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at)),
    );
    const log = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join("\n"))),
      fc.array(line, { maxLength: 5 }).map((lines) => gzipSync(lines.join("\n"))),
    );
    const format = fc.option(fc.constantFrom<FormatName>(...formatNames));
    await fc.assert(
      fc.asyncProperty(fc.array(log, { minLength: 1, maxLength: 3 }), format, async (logs, how) => {
        try {
          const { summary, rows } = await captured(logs, { format: how });
          const left = Object.values(summary.leftOut).reduce((sum, one) => sum + one, 0);
          expect(summary.requests + left).toBe(summary.lines);
          expect(rows).toHaveLength(summary.requests);
        } catch (error) {
          expect((error as { code?: string }).code).toBe("TRACE_EMPTY");
        }
      }),
      { numRuns: times(60) },
    );
  });
});
