import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FakeMachine, fakeMachine, findContext } from "../../../test/support/fake-machine.ts";
import { keepLinksInside } from "../tree.ts";
import { checksumFor, download, reach } from "./download.ts";
import { verifyJars } from "./maven.ts";
import type { BuildContext } from "./source.ts";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");

describe("published checksums", () => {
  const [a, b] = [sum("a"), sum("b")];

  it("are read from the file's line", () => {
    expect(checksumFor("/tmp/x/k6.tar.gz", `${a}  other.tar.gz\n${b}  k6.tar.gz\n`)).toBe(b);
    expect(checksumFor("k6", `${a} *other\n${b} *k6\n${a} more\n`)).toBe(b);
  });

  it("may be one bare sum, as Apache's are", () => {
    expect(checksumFor("apache-cassandra.tar.gz", `${a.toUpperCase()}\n`)).toBe(a);
  });

  it("are ignored if they do not name the file", () => {
    expect(() => checksumFor("k6", `${a}  one\n${b}  two\n${b}  three\n`)).toThrow(
      "do not name k6",
    );
    expect(() => checksumFor("k6", "<html>not found</html>")).toThrow("do not name k6");
  });

  it("are ignored if they belong to one other file", () => {
    expect(() => checksumFor("k6", `${a}  other\n`)).toThrow("do not name k6");
  });
});

describe("a download", () => {
  const contextOn = (machine: FakeMachine): BuildContext => ({
    ...findContext(machine),
    staging: machine.folder,
    home: machine.folder,
    unreachable: new Map([["closed.example", "closed.example does not answer (ENOTFOUND)"]]),
    say: () => {},
  });

  it("returns the checksum of the content, and is rejected without any", async () => {
    using machine = fakeMachine();
    const server = createServer((request, response) =>
      response.writeHead(request.url === "/k6" ? 200 : 404).end("the release"),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const file = join(machine.folder, "k6");
    expect(await download(`http://127.0.0.1:${port}/k6`, "sha256", file, contextOn(machine))).toBe(
      sum("the release"),
    );
    expect(readFileSync(file, "utf8")).toBe("the release");
    await expect(
      download(`http://127.0.0.1:${port}/gone`, "sha256", file, contextOn(machine)),
    ).rejects.toThrow("/gone answers 404");
    server.close();
    server.closeAllConnections();
    await expect(
      download(`http://127.0.0.1:${port}/k6`, "sha256", file, contextOn(machine)),
    ).rejects.toThrow("cannot be fetched");
  });

  it("is not retried from a host that did not answer", async () => {
    using machine = fakeMachine();
    await expect(reach("closed.example", contextOn(machine))).rejects.toThrow(
      "closed.example does not answer (ENOTFOUND)",
    );
  });
});

describe("downloaded jars", () => {
  const list = `${sum("a")}  a.jar\n${sum("b")}  b.jar\n`;

  it("must be complete and unaltered, without others", async () => {
    using machine = fakeMachine();
    const put = (name: string, text: string) => writeFileSync(join(machine.bin, name), text);
    put("a.jar", "a");
    await expect(verifyJars(machine.bin, list)).rejects.toThrow("b.jar did not come");
    put("b.jar", "altered");
    await expect(verifyJars(machine.bin, list)).rejects.toThrow("b.jar differs from its checksum");
    put("b.jar", "b");
    await expect(verifyJars(machine.bin, list)).resolves.toBeUndefined();
    put("c.jar", "c");
    await expect(verifyJars(machine.bin, list)).rejects.toThrow("c.jar is not in jars.sha256");
  });
});

describe("an extracted tree", () => {
  it("keeps absolute links inside itself if their target exists there", async () => {
    using machine = fakeMachine();
    mkdirSync(join(machine.folder, "usr/lib/jvm/conf"), { recursive: true });
    mkdirSync(join(machine.folder, "etc/java"), { recursive: true });
    writeFileSync(join(machine.folder, "etc/java/java.security"), "");
    symlinkSync("/etc/java/java.security", join(machine.folder, "usr/lib/jvm/conf/java.security"));
    symlinkSync("/nowhere/at/all", join(machine.folder, "usr/lib/jvm/conf/outside"));
    await keepLinksInside(machine.folder);
    expect(readlinkSync(join(machine.folder, "usr/lib/jvm/conf/java.security"))).toBe(
      "../../../../etc/java/java.security",
    );
    expect(readlinkSync(join(machine.folder, "usr/lib/jvm/conf/outside"))).toBe("/nowhere/at/all");
  });
});
