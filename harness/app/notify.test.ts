/** Who hears of a verdict, and when: only where it differs from the one before. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Plan } from "../record/plan.ts";
import type { Status, Verdict } from "../record/verdict.ts";
import { problemsOf } from "../../test/support/documents.ts";
import type { Context } from "./context.ts";
import { VerdictWatch } from "./notify.ts";
import type { RunRequest } from "./options.ts";

const plan = {
  experiment: "storm",
  tier: "storm",
  target: "mine",
  topology: "own",
  substrate: "process",
  without: [],
  label: "cache off",
} as unknown as Plan;

let out: string;
let server: Server;
let heard: unknown[];
let answer: number;
let said: string;
beforeEach(async () => {
  out = mkdtempSync(join(tmpdir(), "seawall-notify-"));
  [heard, answer, said] = [[], 200, ""];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    heard.push(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(answer, { location: "http://127.0.0.1:1/" }).end();
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(out, { recursive: true, force: true });
});

function recorded(runId: string, status: Status, without: readonly string[] = []): void {
  const folder = join(out, "storm", runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "plan.json"), JSON.stringify({ ...plan, without }));
  writeFileSync(join(folder, "verdict.json"), JSON.stringify({ runId, status }));
}

async function ended(status: Status, webhook?: string): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const context = {
    stderr: {
      write: (text: string): void => {
        said += text;
      },
    },
    signal: new AbortController().signal,
  } as unknown as Context;
  const watch = new VerdictWatch(context, {
    out,
    webhook: webhook ?? `http://127.0.0.1:${port}/secret`,
  } as RunRequest);
  watch.begins(plan);
  recorded("4", status);
  await watch.ends(plan, { runId: "4", status, why: "because" } as Verdict);
}

it("reports a verdict that differs from the newest before it, with the same defences", async () => {
  recorded("1", "refuted");
  recorded("2", "held");
  recorded("3", "refuted", ["cache"]);
  await ended("refuted");
  expect(heard).toEqual([
    {
      format: "seawall-notification/1",
      text: "storm (cache off) was held and is refuted: because",
      experiment: "storm",
      runId: "4",
      status: "refuted",
      before: "held",
      why: "because",
      subject: "cache off",
    },
  ]);
  expect(problemsOf(heard[0])).toEqual([]);
});

it("is silent about a first verdict, and about one that is as before", async () => {
  await ended("held");
  await ended("held");
  expect(heard).toEqual([]);
  expect(said).toBe("");
});

it("says in one line that an address did not take it, and not which secret it holds", async () => {
  recorded("1", "held");
  answer = 302;
  await ended("refuted");
  expect(said).toMatch(/^the webhook did not take the verdict: 127\.0\.0\.1:\d+ answered 302\n$/);
  said = "";
  recorded("1", "held");
  recorded("4", "held");
  await ended("refuted", "http://127.0.0.1:1/secret");
  expect(said).toBe("the webhook did not take the verdict: 127.0.0.1:1: ECONNREFUSED\n");
  expect(heard).toHaveLength(1);
});
