/**
 * A connection between a browser and a server that can be cut and restored, like a tunnel to a wall
 * screen.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SeverableConnection extends AsyncDisposable {
  readonly port: number;
  cut(): void;
  restore(): void;
}

export async function severableConnection(to: number): Promise<SeverableConnection> {
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(to, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one
        .on("error", () => other.destroy())
        .on("close", () => {
          ends.delete(one);
          other.destroy();
        })
        .pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    restore: () => {
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
