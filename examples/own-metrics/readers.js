/** Readers who want a page that is new each second: a k6 script that runs without Seawall, too. */
import { check } from "k6";
import http from "k6/http";

const base = __ENV.BASE_URL ?? "http://127.0.0.1:8080";

/** So many pages are new each second; a reader wants one of them. */
const sections = 6;

export default function () {
  const page = Math.floor(Date.now() / 1_000) * sections + (__ITER % sections);
  const answer = http.get(`${base}/page/${page}`, { timeout: 5_000 });
  check(answer, { "the page is there": ({ status }) => status === 200 });
}
