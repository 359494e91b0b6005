import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { firstOutgoingPort, freePort, portsToChoose } from "./free-port.ts";

/** An address of this process only, so that no other process uses its ports. */
const host = `127.250.${(process.pid >> 8) & 255}.${process.pid & 255}`;
const range = { from: 20_000, to: 20_003 };

test("a port is given once, across processes, and only if it is free", async () => {
  const listener = createServer();
  await new Promise<void>((resolve) => void listener.listen(range.from, host, resolve));
  try {
    const [one, two] = [await freePort(host, range), await freePort(host, range)];
    expect([one, two].sort()).toEqual([range.from + 1, range.from + 2]);
    await expect(freePort(host, range)).rejects.toThrow(
      `no free port of ${host} was found (EADDRINUSE)`,
    );
    const elsewhere =
      `import { freePort } from "./free-port.ts"; await freePort("${host}", ` +
      `${JSON.stringify(range)}).catch(({ message }) => console.log(message));`;
    const output = execFileSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", elsewhere],
      { cwd: import.meta.dirname, encoding: "utf8" },
    );
    expect(output).toBe(`no free port of ${host} was found (EADDRINUSE)\n`);
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
});

test("refuses an address of another machine", async () => {
  await expect(freePort("203.0.113.1")).rejects.toThrow("EADDRNOTAVAIL");
});

// Skipped on a machine whose outgoing connections use nearly all ports, which leaves no choice.
test.skipIf(firstOutgoingPort() < portsToChoose().to)(
  "no outgoing connection gets one of those",
  async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => void listener.listen(0, host, resolve));
    const { port } = listener.address() as AddressInfo;
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = connect(port, host);
        await once(socket, "connect");
        return socket;
      }),
    );
    const { from, to } = portsToChoose();
    expect(
      sockets.map(({ localPort = from }) => localPort).filter((each) => each >= from && each < to),
    ).toEqual([]);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  },
);
