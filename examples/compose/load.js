/** Readers of items, as a k6 script. */
import http from "k6/http";

const { entries } = JSON.parse(
  __ENV.SEAWALL_LOAD ?? '{"entries":[{"url":"http://127.0.0.1:18480"}]}',
);

export function read() {
  http.get(`${entries[0].url}/items/${__ITER}`, { tags: { lane: "items" }, timeout: 4_000 });
}
