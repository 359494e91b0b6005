/**
 * A running API behind https, with a private authority, a client's certificate, a base path, a
 * header, a secret token and sessions.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";
import { outFolder, seawall } from "../../test/support/cli/seawall.ts";
import { startHttpsShop } from "../../test/support/targets/https-shop.ts";

const experiment = "./examples/https-running/slow-orders.ts";
const token = "Bearer only-for-the-shop-4711";

it.for([
  ["HTTP/1.1", "both", "1.1"],
  ["HTTP/2", "h2", "2.0"],
] as const)("is asked in %s, as described, and nothing holds its secrets", async (given, test) => {
  const [, speaks, version] = given;
  await using shop = await startHttpsShop("127.0.0.1", token, { speaks });
  const { out, exitCode, stderr, stdout } = await judged(test, () => ["run", experiment], {
    SHOP_URL: shop.url,
    SHOP_PEM: shop.pem,
    SHOP_TOKEN: token,
    SHOP_HTTP: version,
  });
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const id of ["faults.landed", "faults.traffic", "prober.on-time", "claim.orders-counted"])
    expect(findings.filter((finding) => finding.id === id)).toMatchObject([
      expect.objectContaining({ status: "held" }),
      ...findings
        .filter((finding) => finding.id === id)
        .slice(1)
        .map(() => expect.anything()),
    ]);
  // Each virtual user has a session of its own, and the prober one more.
  expect(shop.sessions.size).toBeGreaterThan(3);
  expect([...shop.hosts]).toEqual([new URL(shop.url).host]);
  // Load, prober and readers ask as one, and the same of them is seen.
  expect([...shop.versions.keys()]).toEqual([version]);
  expect(shop.answered.get(403) ?? 0).toBe(0);

  // Nowhere: plan, events, samples, logs, reports, audit, and what was printed.
  const session = [...shop.sessions][0] as string;
  for (const name of readdirSync(out.path, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    const bytes = readFileSync(path);
    const text = name.name.endsWith(".zst")
      ? zstdDecompressSync(bytes).toString()
      : bytes.toString();
    for (const secret of [token, encodeURIComponent(token), "only-for-the-shop", "PRIVATE KEY"])
      expect(text.includes(secret), `${path}: ${secret}`).toBe(false);
    expect(text.includes(session), path).toBe(false);
  }
  expect(stderr + stdout).not.toContain("only-for-the-shop");
  const audit = readFileSync(join(out.path, "audit.ndjson"), "utf8");
  expect(audit).toContain(`"hosts":["${new URL(shop.url).host}"]`);
});

it("is not asked with another token, and the refusal does not print it", async () => {
  await using shop = await startHttpsShop("127.0.0.1", token);
  const out = outFolder();
  const wrong = "Bearer somebody-elses-0815";
  const { exitCode, stderr, stdout } = await seawall(["run", experiment, "--out", out.path], {
    SHOP_URL: shop.url,
    SHOP_PEM: shop.pem,
    SHOP_TOKEN: wrong,
  }).ended;
  expect(exitCode).not.toBe(0);
  expect(stderr + stdout).toMatch(/answers 403/);
  expect(stderr + stdout).not.toContain("somebody-elses");
});

it.each([
  ["an expired certificate", { isExpired: true }, "its certificate has expired"],
  [
    "a refused session",
    { refusesSessions: true },
    "it refuses to open a session: POST /session answers 403",
  ],
] as const)("is not asked after %s, and one line says so", async (_what, options, why) => {
  await using shop = await startHttpsShop("127.0.0.1", token, options);
  const out = outFolder();
  const { exitCode, stderr } = await seawall(["run", experiment, "--out", out.path], {
    SHOP_URL: shop.url,
    SHOP_PEM: shop.pem,
    SHOP_TOKEN: token,
  }).ended;
  expect(exitCode).not.toBe(0);
  const at = new URL(shop.url).host;
  const lines = stderr.split("\n").filter((line) => line.includes(why));
  expect(lines.join(), stderr).toMatch(new RegExp(`shop does not answer at ${at}\\S*: `));
  expect(shop.sessions.size).toBe(0);
});

it("is refused where its secret is not set", async () => {
  const { exitCode, stderr } = await seawall(["plan", experiment]).ended;
  expect(exitCode).toBe(64);
  expect(stderr).toContain("secretHeaders: the variable SHOP_TOKEN is not set");
});
