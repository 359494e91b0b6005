import { afterEach, expect, it } from "vitest";
import { freePort } from "../system/free-port.ts";
import { callDirectly } from "../system/direct-http.ts";
import { AlertWebhookReceiver } from "./alert-webhook.ts";

const open: AlertWebhookReceiver[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

async function receiver() {
  const listens = await freePort("127.0.0.1");
  const samples: (readonly [string, number, number])[] = [];
  const names: string[] = [];
  const made = new AlertWebhookReceiver(
    "shop",
    { kind: "alertWebhook", listens, alerts: ["Down", "Slow"] },
    {
      series: ({ tags }) => names.push(tags["alert"] ?? "") - 1,
      sample: (id, atMs, value) => samples.push([names[id] ?? "", atMs, value]),
    },
  );
  await made.listen();
  open.push(made);
  const send = async (body: unknown): Promise<number> =>
    (
      await callDirectly(`http://127.0.0.1:${listens}/`, {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
      })
    ).status;
  return { made, samples, send, listens };
}

const of = (alertname: string, status: string, fingerprint = "a") => ({
  alerts: [{ status, labels: { alertname }, fingerprint }],
});

it("knows nothing before the first message, and then what was before it, too", async () => {
  const { made, samples, send } = await receiver();
  made.read(1);
  made.read(2);
  expect(samples).toEqual([]);
  expect(await send(of("Watchdog", "firing"))).toBe(200);
  made.read(3);
  expect(samples).toEqual(
    [1, 2, 3].flatMap((ms) => [
      ["Down", ms, 0],
      ["Slow", ms, 0],
    ]),
  );
});

it("fires until the last of an alert's causes is resolved", async () => {
  const { made, samples, send } = await receiver();
  await send(of("Down", "firing", "a"));
  await send(of("Down", "firing", "b"));
  made.read(1);
  await send(of("Down", "resolved", "a"));
  made.read(2);
  await send(of("Down", "resolved", "b"));
  made.read(3);
  expect(samples.filter(([alert]) => alert === "Down").map(([, , value]) => value)).toEqual([
    1, 1, 0,
  ]);
});

it("takes what is no webhook for nothing, and says whose port it cannot have", async () => {
  const { made, samples, send, listens } = await receiver();
  for (const body of ["no", "{}", "[]", "null", { alerts: 5 }]) expect(await send(body)).toBe(400);
  made.read(1);
  expect(samples).toEqual([]);
  const other = new AlertWebhookReceiver(
    "shop",
    { kind: "alertWebhook", listens, alerts: ["Down"] },
    { series: () => 0, sample: () => {} },
  );
  await expect(other.listen()).rejects.toThrow(`127.0.0.1:${listens}`);
});
