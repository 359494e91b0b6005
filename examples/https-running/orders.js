/**
 * Customers of an API behind https: each opens a session, and asks with the token that it got. What
 * every request carries comes from the experiment.
 */
import { check } from "k6";
import http from "k6/http";

const [entry] = JSON.parse(__ENV.SEAWALL_LOAD).entries;
const secret = Object.fromEntries(
  Object.entries(entry.secretHeaders ?? {}).map(([name, variable]) => [name, __ENV[variable]]),
);
const headers = { ...entry.headers, ...secret };

/** Each virtual user is a customer, and stays signed in. */
let token = null;

function signIn() {
  const answer = http.post(`${entry.url}/session`, null, { headers, timeout: 4_000 });
  return answer.status === 201 ? answer.json("token") : null;
}

export default function () {
  token = token ?? signIn();
  const answer = http.get(`${entry.url}/orders/1`, {
    headers: { ...headers, "X-Session": token ?? "" },
    timeout: 4_000,
  });
  if (answer.status === 401) token = null;
  check(answer, { "the order is shown": ({ status }) => status === 200 });
}
