/** Customers of the shop, as a k6 script: each puts an order, or looks at one. */
import http from "k6/http";
import { Counter, Trend } from "k6/metrics";

const { entries, seed } = JSON.parse(
  __ENV.SEAWALL_LOAD ?? '{"entries":[{"url":"http://127.0.0.1:8080"}],"seed":1}',
);

/** The target's description declares this metric. */
const orderMs = new Trend("order_ms", true);
/** No description declares this metric. It is recorded all the same. */
const spent = new Counter("money_spent");

/** The longest that a customer waits for an order. */
const patienceMs = 1_000;

export function order() {
  const beganMs = Date.now();
  const id = `${seed}x${__VU}x${__ITER}`;
  const { status } = http.put(`${entries[0].url}/orders/${id}`, "one of each", {
    tags: { lane: "order" },
    timeout: 4_000,
  });
  const waitMs = Date.now() - beganMs;
  orderMs.add(waitMs, {
    lane: "order",
    outcome: status !== 201 ? "lost" : waitMs > patienceMs ? "late" : "placed",
  });
  if (status === 201) spent.add(10);
}

export function browse() {
  http.get(`${entries[0].url}/orders/1`, { tags: { lane: "browse" }, timeout: 4_000 });
}
