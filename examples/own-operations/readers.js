/** Customers who read a note each. */
import { check } from "k6";
import http from "k6/http";

export default function () {
  const answer = http.get(`${__ENV.BASE_URL}/notes/1`, { timeout: 4_000 });
  check(answer, { "the note is there": ({ status }) => status === 200 });
}
