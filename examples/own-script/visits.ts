/**
 * A k6 script as people have them: it runs with plain `k6 run`, and knows nothing of Seawall. It
 * has scenarios, thresholds, a setup, a file of its own, checks and metrics.
 *
 *   BASE_URL=http://127.0.0.1:8080 k6 run visits.ts
 */
import { check } from "k6";
import http from "k6/http";
import { Counter, Rate, Trend } from "k6/metrics";
import type { Options } from "k6/options";
import { pick } from "./pick.ts";

const base = __ENV["BASE_URL"] ?? "http://127.0.0.1:8080";
const token = __ENV["SHOP_TOKEN"];
const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
/** What the customers order, one a line. */
const goods = open("./goods.txt").trim().split("\n");

const orderWait = new Trend("order_wait", true);
const placed = new Rate("orders_placed");
const spent = new Counter("money_spent");

export const options: Options = {
  scenarios: {
    browse: {
      executor: "constant-arrival-rate",
      rate: 10,
      timeUnit: "1s",
      duration: "32s",
      preAllocatedVUs: 100,
    },
    order: {
      executor: "ramping-arrival-rate",
      exec: "order",
      startRate: 10,
      timeUnit: "1s",
      preAllocatedVUs: 200,
      // Four times as many customers from the eighth second on, for twelve seconds.
      stages: [
        { target: 10, duration: "8s" },
        { target: 40, duration: "0s" },
        { target: 40, duration: "12s" },
        { target: 10, duration: "0s" },
        { target: 10, duration: "12s" },
      ],
    },
  },
  thresholds: {
    http_req_failed: ["rate<0.01"],
    "http_req_duration{scenario:browse}": ["p(95)<1000"],
    checks: ["rate>0.99"],
    orders_placed: ["rate>0.99"],
  },
};

/** All visitors look at one order, which must be there. */
export function setup(): { readonly shown: string } {
  const shown = "1";
  if (http.get(`${base}/orders/${shown}`).status !== 200) throw new Error("there is no order 1");
  return { shown };
}

export default function browse({ shown }: { readonly shown: string }): void {
  const answer = http.get(`${base}/orders/${shown}`, { headers, timeout: 4_000 });
  check(answer, { "the order is shown": ({ status }) => status === 200 });
}

export function order(): void {
  const beganMs = Date.now();
  const { status } = http.put(`${base}/orders/${__VU}x${__ITER}`, pick(goods), {
    headers,
    timeout: 4_000,
  });
  orderWait.add(Date.now() - beganMs);
  placed.add(status === 201);
  if (status === 201) spent.add(10);
}

export function teardown({ shown }: { readonly shown: string }): void {
  http.get(`${base}/orders/${shown}`);
}
