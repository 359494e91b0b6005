/** As much of memcached's text protocol as sessions need, on one connection. */
import { createConnection, type Socket } from "node:net";

const timeoutMs = 1_000;

interface Waiting {
  resolve(reply: string): void;
  reject(error: Error): void;
}

export class Memcached {
  readonly #address: URL;
  #socket: Socket | null = null;
  #waiting: Waiting[] = [];
  #received = "";

  /** `address`: `HOST:PORT`. */
  constructor(address: string) {
    this.#address = new URL(`http://${address}`);
  }

  async get(key: string): Promise<string | null> {
    const reply = await this.#ask(`get ${key}\r\n`);
    return /^VALUE \S+ \d+ \d+\r\n(.*)\r\nEND\r\n$/.exec(reply)?.[1] ?? null;
  }

  async set(key: string, value: string, seconds: number): Promise<void> {
    const reply = await this.#ask(`set ${key} 0 ${seconds} ${value.length}\r\n${value}\r\n`);
    if (reply !== "STORED\r\n") throw new Error(`memcached said ${JSON.stringify(reply)}`);
  }

  #ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#socket ??= this.#connect();
      this.#waiting.push({ resolve, reject });
      this.#socket.write(command);
    });
  }

  #connect(): Socket {
    const { hostname, port } = this.#address;
    const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
    // No answer for so long, while one is awaited, is no answer.
    socket.setTimeout(timeoutMs, () => {
      if (this.#waiting.length > 0) socket.destroy(new Error("memcached does not answer"));
    });
    socket.setEncoding("latin1").on("data", (part: string) => {
      this.#received += part;
      for (;;) {
        const [reply] =
          /^(?:STORED|(?:VALUE [^\n]*\n[^\n]*\n)?END|ERROR)\r\n/.exec(this.#received) ?? [];
        if (reply === undefined) return;
        this.#received = this.#received.slice(reply.length);
        this.#waiting.shift()?.resolve(reply);
      }
    });
    let why = new Error("memcached closed the connection");
    socket.on("error", (error) => {
      why = error;
    });
    socket.on("close", () => {
      this.#socket = null;
      this.#received = "";
      for (const { reject } of this.#waiting.splice(0)) reject(why);
    });
    return socket;
  }
}
