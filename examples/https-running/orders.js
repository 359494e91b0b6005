/**
 * Customers of an API behind https: each opens a session, and asks with the token that it got. What
 * every request carries comes from the experiment.
 */
import { check } from "k6";
import http from "k6/http";
import { forgetSession, headersFor, loadSettings } from "seawall/k6";

const [shop] = loadSettings().entries;

export default function () {
  const answer = http.get(`${shop.url}/orders/1`, { headers: headersFor(shop), timeout: 4_000 });
  forgetSession(shop, answer.status);
  check(answer, { "the order is shown": ({ status }) => status === 200 });
}
