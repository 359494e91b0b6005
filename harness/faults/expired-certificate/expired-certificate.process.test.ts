import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startHttpsShop } from "../../../test/support/targets/https-shop.ts";
import { askOnce } from "../../system/ask-once.ts";
import { freePort } from "../../system/free-port.ts";
import { Passage } from "../../substrates/fault-proxy/passage.ts";
import { Rules } from "../../substrates/fault-proxy/rules.ts";

it("is presented by the proxy to new connections, and only while the rule is in force", async () => {
  const host = "127.0.0.1";
  await using shop = await startHttpsShop(host, "token");
  const pem = (name: string): string => join(shop.pem, `${name}.pem`);
  execFileSync(
    "openssl",
    [
      ...["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
      ...["-days", "-1"],
      ...["-extfile", "server.ext", "-out", "expired.pem"],
    ],
    { cwd: shop.pem, stdio: "pipe" },
  );
  const [cert, key] = [pem("server"), pem("server-key")];
  const standIn = { cert, key, expired: { cert: pem("expired"), key } };
  const tls = { ca: pem("ca"), cert: pem("client"), key: pem("client-key"), standIn };
  const listen = { host, port: await freePort(host) };
  const upstream = { host, port: Number(new URL(shop.url).port) };
  const rules = new Rules(new Map());
  const link = { name: "link", listen, upstream, tls: { of: tls, host } };
  const passage = new Passage(link, rules);
  await passage.accept(true);
  const over = { ...listen, access: { tls: { ca: pem("ca") } } };
  const ask = () => askOnce(over, { path: "/", headers: {}, timeoutMs: 3_000 });
  expect(await ask()).toMatchObject({ outcome: "answered" });
  rules.add("expired", "link", { does: { is: "expiredCertificate" }, who: {} });
  expect(await ask()).toEqual({ outcome: "distrusted", code: "CERT_HAS_EXPIRED" });
  expect(rules.counted("expired")).toMatchObject({ struck: 1 });
  rules.remove("expired");
  expect(await ask()).toMatchObject({ outcome: "answered" });
  await passage.accept(false);
});
