import { createHash } from "node:crypto";
import { mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fakeMachine } from "../fixture.ts";
import { keepLinksInside } from "../tree.ts";
import { verifyJars } from "./maven.ts";
import { checksumFor } from "./release.ts";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");

describe("published checksums", () => {
  const [a, b] = [sum("a"), sum("b")];

  it("are taken from the line of the file", () => {
    expect(checksumFor("/tmp/x/k6.tar.gz", `${a}  other.tar.gz\n${b}  k6.tar.gz\n`)).toBe(b);
    expect(checksumFor("k6", `${a} *other\n${b} *k6\n${a} more\n`)).toBe(b);
  });

  it("may be one bare sum, as Apache's are", () => {
    expect(checksumFor("apache-cassandra.tar.gz", `${a.toUpperCase()}\n`)).toBe(a);
  });

  it("that do not name the file are no checksum for it", () => {
    expect(() => checksumFor("k6", `${a}  one\n${b}  two\n${b}  three\n`)).toThrow("do not name k6");
    expect(() => checksumFor("k6", "<html>not found</html>")).toThrow("do not name k6");
  });

  it("of one other file are no checksum for it", () => {
    expect(() => checksumFor("k6", `${a}  other\n`)).toThrow("do not name k6");
  });
});

describe("fetched jars", () => {
  const list = `${sum("a")}  a.jar\n${sum("b")}  b.jar\n`;

  it("must be all there, unaltered, and nothing besides", async () => {
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
  it("keeps absolute links inside itself, as far as they lead to something in it", async () => {
    using machine = fakeMachine();
    mkdirSync(join(machine.folder, "usr/lib/jvm/conf"), { recursive: true });
    mkdirSync(join(machine.folder, "etc/java"), { recursive: true });
    writeFileSync(join(machine.folder, "etc/java/java.security"), "");
    symlinkSync("/etc/java/java.security", join(machine.folder, "usr/lib/jvm/conf/java.security"));
    symlinkSync("/nowhere/at/all", join(machine.folder, "usr/lib/jvm/conf/outside"));
    await keepLinksInside(machine.folder);
    expect(readlinkSync(join(machine.folder, "usr/lib/jvm/conf/java.security"))).toBe("../../../../etc/java/java.security");
    expect(readlinkSync(join(machine.folder, "usr/lib/jvm/conf/outside"))).toBe("/nowhere/at/all");
  });
});
