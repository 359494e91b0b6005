/** Readers who all want the page of this second: a k6 script that runs without Seawall, too. */
import { check } from "k6";
import http from "k6/http";

const base = __ENV.BASE_URL ?? "http://127.0.0.1:8080";

export default function () {
  const answer = http.get(`${base}/page/${Math.floor(Date.now() / 1_000)}`, { timeout: 5_000 });
  check(answer, { "the page is there": ({ status }) => status === 200 });
}
