/** A client of a game day's page for tests: it sends the page's requests without a browser. */
import { expect } from "vitest";
import type { DayEvent, DayHappening } from "../../../harness/game-day/day/day.ts";
import type { DayState } from "../../../harness/game-day/day/day-state.ts";
import type { Started } from "../cli/seawall.ts";

/** Like the page, it follows the day's events and sends what a person would. */
export class OperatorClient {
  readonly events: DayEvent[] = [];
  #state: DayState | null = null;
  readonly #url: URL;

  constructor(link: string) {
    this.#url = new URL(link);
    // The connection ends with the day, or with a killed process.
    void this.#follow().catch(() => undefined);
  }

  #headers(): Record<string, string> {
    return {
      Authorization: `Bearer ${this.#url.hash.slice(1)}`,
      "Content-Type": "application/json",
    };
  }

  async #follow(): Promise<void> {
    const response = await fetch(new URL("/api/events", this.#url), { headers: this.#headers() });
    let text = "";
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (text + part).split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (message.includes("event: state") && data !== undefined)
          this.#state = JSON.parse(data) as DayState;
        else if (data !== undefined) this.events.push(JSON.parse(data) as DayEvent);
      }
    }
  }

  count<K extends DayHappening["kind"]>(
    kind: K,
    which: (event: DayEvent & { kind: K }) => boolean = () => true,
  ): number {
    return this.events.filter(
      (event): event is DayEvent & { kind: K } =>
        event.kind === kind && which(event as DayEvent & { kind: K }),
    ).length;
  }

  async until(what: () => boolean, why: string): Promise<void> {
    for (let times = 0; !what(); times++) {
      if (times > 1_200)
        throw new Error(`never: ${why}; last was ${JSON.stringify(this.events.at(-1))}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  async say(path: string, body: object): Promise<number> {
    return (
      await fetch(new URL(`/api/${path}`, this.#url), {
        method: "POST",
        headers: this.#headers(),
        body: JSON.stringify(body),
      })
    ).status;
  }

  async answer(number: number, word: "go" | "no-go"): Promise<void> {
    await this.until(() => this.#state?.question?.question === number, `question ${number}`);
    expect(await this.say("answer", { question: number, answer: word })).toBe(200);
  }
}

/** As the terminal shows it. */
export async function linkOf(day: Pick<Started, "seen" | "stderr">, role: string): Promise<string> {
  const pattern = new RegExp(`^  ${role} +(http://\\S+)$`, "m");
  await day.seen(pattern);
  return pattern.exec(day.stderr())?.[1] as string;
}
