/*
 * The client of the day's server. The token comes with the link, after the #, which browsers never
 * send. It moves into this tab's storage and out of the address bar. Server-sent events are parsed
 * here, because EventSource cannot send the token in a header.
 */
"use strict";

const tokenKey = "seawall-game-day";
const tokenShape = /^#[\w-]{32}$/;

function takeToken() {
  if (!tokenShape.test(location.hash)) return;
  sessionStorage.setItem(tokenKey, location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
takeToken();
// A second role's link in the same tab changes only the part after the #, which causes no page
// load.
addEventListener("hashchange", () => {
  if (tokenShape.test(location.hash)) {
    takeToken();
    location.reload();
  }
});

const authorization = () => ({ Authorization: `Bearer ${sessionStorage.getItem(tokenKey) ?? ""}` });

/**
 * Resolves with the answer. Throws an error whose `status` is the server's, or 0 without an answer.
 */
async function ask(path, body) {
  const how =
    body === undefined
      ? { headers: authorization() }
      : {
          method: "POST",
          headers: { ...authorization(), "Content-Type": "application/json" },
          body: JSON.stringify(body),
        };
  let response;
  try {
    response = await fetch(path, { ...how, signal: AbortSignal.timeout(8_000) });
  } catch {
    throw Object.assign(new Error("the day’s server does not answer"), { status: 0 });
  }
  const result = await response.json().catch(() => ({}));
  const { ok, status } = response;
  if (!ok) throw Object.assign(new Error(result.why ?? `status ${status}`), { status });
  return result;
}

/** The server sends a heartbeat every 3 s. */
const silentMsMax = 10_000;

/**
 * Delivers each event of the day once, in order from the first, despite lost connections. `over`
 * means that no more can follow.
 */
async function follow({ event, state, connected, over }) {
  let last = 0;
  let failures = 0;
  for (;;) {
    const cut = new AbortController();
    let watchdog = setTimeout(() => cut.abort(), silentMsMax);
    try {
      const response = await fetch("/api/events", {
        headers: { ...authorization(), "Last-Event-ID": String(last) },
        signal: cut.signal,
      });
      if (response.status === 401) return over((await response.json()).why);
      if (!response.ok) throw new Error(String(response.status));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => cut.abort(), silentMsMax);
        failures = 0;
        connected(true);
        const messages = (text + value).split("\n\n");
        text = messages.pop();
        for (const { name, data } of messages.map(parsed)) {
          if (name === "state") state(data);
          else if (name === "day" && data.seq > last) {
            last = data.seq;
            event(data);
          }
        }
      }
    } catch {
      // retried below
    }
    clearTimeout(watchdog);
    connected(false);
    await new Promise((wake) => setTimeout(wake, Math.min(4_000, 500 * 2 ** failures++)));
  }
}

function parsed(message) {
  const fields = Object.fromEntries(
    message
      .split("\n")
      .filter((line) => !line.startsWith(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return { name: fields.event, data: fields.data === undefined ? null : JSON.parse(fields.data) };
}
