/** Answers every request with an item, and counts what it answered. */
import { createServer } from "node:http";

let answered = 0;

createServer(({ url }, response) => {
  if (url === "/metrics") return response.end(`origin_requests_total ${answered}\n`);
  if (url === "/health") return response.end("ok\n");
  answered += 1;
  response.end(`the item ${url}\n`);
}).listen(8080);

process.on("SIGTERM", () => process.exit(0));
