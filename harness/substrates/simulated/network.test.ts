import { describe, expect, it } from "vitest";
import type { Service } from "../../target/layout.ts";
import { Network, SimulatedLink } from "./network.ts";
import { SimulatedNode } from "./node.ts";
import { VirtualClock } from "./virtual-clock.ts";

function two(zoneOfB = "z") {
  const clock = new VirtualClock(0);
  const node = (name: string, zone: string): SimulatedNode =>
    new SimulatedNode({ name, kind: "k", region: "r", zone } as Service, clock, 100);
  const [a, b] = [node("a", "z"), node("b", zoneOfB)];
  const link = new SimulatedLink({ from: "a", to: "b", port: "http" }, new Set());
  const network = new Network({
    clock,
    random: () => 0.5,
    hopMs: { within: 1, between: 5 },
    links: [link],
  });
  const answers: string[] = [];
  const ask = (workMs: number, timeoutMs = 1_000): void =>
    network.request<string>({
      from: a,
      to: b,
      port: "http",
      timeoutMs,
      serve: (reply) => b.after(workMs, () => reply("yes")),
      done: (answer) => answers.push(`${answer} ${Math.round(clock.nowMs())}`),
    });
  for (const one of [a, b]) one.start(() => {});
  return {
    clock,
    a,
    b,
    link,
    network,
    ask,
    answers,
    run: (ms: number) => clock.until(clock.sleep(ms)),
  };
}

describe("a request in virtual time", () => {
  it("is refused until its destination is ready, then takes two hops and work", async () => {
    const { ask, answers, run } = two();
    await run(100);
    ask(10);
    await run(50);
    expect(answers).toEqual(["yes 112"]);
  });

  it("gets no answer from a paused node, or a late one if the timeout allows", async () => {
    const { b, ask, answers, run } = two();
    await run(100);
    b.pause();
    ask(10, 50);
    ask(10, 1_000);
    await run(300);
    expect(answers).toEqual(["null 150"]);
    b.resume();
    await run(100);
    expect(answers.at(-1)).toBe("yes 411");
  });

  it("is lost to and from a disconnected zone, and passes within it", async () => {
    for (const zone of ["z", "y"]) {
      const { network, ask, answers, run } = two("y");
      await run(100);
      ask(30, 80);
      await run(20);
      network.cutOff.add(zone);
      ask(10, 40);
      await run(100);
      expect(answers).toEqual(["null 160", "null 180"]);
      network.cutOff.delete(zone);
      ask(10);
      await run(100);
      expect(answers.at(-1)).toBe("yes 232");
    }
    const { network, ask, answers, run } = two();
    await run(100);
    network.cutOff.add("z");
    ask(10);
    await run(50);
    expect(answers).toEqual(["yes 112"]);
  });

  it("breaks off if its destination dies, and is refused while it is dead", async () => {
    const { b, ask, answers, run } = two();
    await run(100);
    ask(500);
    await run(50);
    b.die();
    await run(10);
    ask(1);
    await run(10);
    expect(answers).toEqual(["null 150", "null 161"]);
    b.start(() => {});
    await run(600);
    expect(answers).toHaveLength(2);
  });

  it("is never answered to a node that died meanwhile", async () => {
    const { a, ask, answers, run } = two();
    await run(100);
    ask(50);
    a.die();
    await run(1_000);
    expect(answers).toEqual([]);
  });

  it("is affected by toxics on its link: latency, a cut, a reset", async () => {
    const { link, ask, answers, run } = two();
    await run(100);
    const delay = { delayMs: 40, jitterMs: 0 };
    link.delays.add(delay);
    ask(0);
    await run(200);
    expect(answers).toEqual(["yes 142"]);
    link.delays.delete(delay);
    ask(100);
    await run(50);
    link.reset();
    await run(10);
    expect(answers.at(-1)).toBe("null 350");
    link.isCut = true;
    ask(0);
    await run(10);
    expect(answers.at(-1)).toBe("null 361");
  });
});

describe("a connection in virtual time", () => {
  function listening() {
    const world = two();
    const heard: string[] = [];
    let speak: (word: string) => boolean = () => false;
    const listen = (): void =>
      world.network.listen<string>({
        from: world.a,
        to: world.b,
        port: "http",
        silenceMsMax: 50,
        connected: (tell) => {
          speak = tell;
        },
        heard: (word) => heard.push(`${word} ${Math.round(world.clock.nowMs())}`),
        ended: () => heard.push(`ended ${Math.round(world.clock.nowMs())}`),
      });
    return { ...world, heard, listen, speak: (word: string) => speak(word) };
  }

  it("delivers messages in order, however late the first one is", async () => {
    const { link, heard, listen, speak, run } = listening();
    await run(100);
    listen();
    await run(10);
    const slow = { delayMs: 20, jitterMs: 0 };
    link.slow(slow);
    speak("one");
    link.unslow(slow);
    speak("two");
    await run(25);
    expect(heard).toEqual(["one 131", "two 131"]);
  });

  it("ends on refusal, silence, a cut link or the sender's death", async () => {
    const { b, link, heard, listen, speak, run } = listening();
    listen();
    await run(100);
    expect(heard).toEqual(["ended 1"]);
    for (const end of [() => run(0), () => link.cut(), async () => b.die()]) {
      listen();
      await run(10);
      expect(speak("a word")).toBe(true);
      await run(10);
      await end();
      await run(60);
      expect([heard.at(-2), heard.at(-1)]).toEqual([
        expect.stringMatching(/a word/),
        expect.stringMatching(/ended/),
      ]);
      expect(speak("another")).toBe(false);
      await link.restore();
    }
  });

  it("delivers pending messages to a receiver that resumes, not to a dead one", async () => {
    const { a, heard, listen, speak, run } = listening();
    await run(100);
    listen();
    await run(10);
    a.pause();
    speak("patience");
    await run(20);
    expect(heard).toEqual([]);
    a.resume();
    await run(1);
    expect(heard).toEqual(["patience 130"]);
    a.die();
    expect(speak("nobody")).toBe(false);
    await run(100);
    expect(heard).toEqual(["patience 130"]);
  });
});
