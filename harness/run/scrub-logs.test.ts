import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keepSecret, redacted } from "../base/redact.ts";
import { scrubLogs } from "./scrub-logs.ts";

it("takes what was called a secret out of every log, in each of its spellings", () => {
  const folder = mkdtempSync(join(tmpdir(), "seawall-scrub-"));
  try {
    const secret = 'pass "word"/47';
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "deep", "k6.log"), `asked with ${secret}\nand went on\n`);
    writeFileSync(join(folder, "other.log"), "nothing here\n");
    writeFileSync(join(folder, "b.log"), `Basic ${Buffer.from(secret).toString("base64")}\n`);
    keepSecret(secret);
    scrubLogs(folder);
    expect(readFileSync(join(folder, "deep", "k6.log"), "utf8")).toBe(
      "asked with ***\nand went on\n",
    );
    expect(readFileSync(join(folder, "b.log"), "utf8")).toBe("Basic ***\n");
    expect(readFileSync(join(folder, "other.log"), "utf8")).toBe("nothing here\n");
    expect(redacted(`?q=${encodeURIComponent(secret)} ${JSON.stringify(secret)}`)).toBe(
      '?q=*** "***"',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
