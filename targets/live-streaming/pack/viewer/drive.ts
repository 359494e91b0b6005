/** Runs a session on someone's clock and network: k6's, or the simulation's. */
import type { Answer, Wanted } from "./requests.ts";
import type { Recorded, Session, SessionStep } from "./session.ts";

export interface Driver {
  nowMs(): number;
  after(ms: number, run: () => void): void;
  /** `answered` is called once. */
  send(wanted: Wanted, answered: (answer: Answer) => void): void;
  record(recorded: Recorded): void;
  over(): void;
}

export function drive(session: Session, driver: Driver): void {
  let isOver = false;
  let wakesAtMs = Number.POSITIVE_INFINITY;
  const follow = (step: SessionStep): void => {
    for (const one of step.recorded) driver.record(one);
    if (step.isOver) {
      isOver = true;
      driver.over();
      return;
    }
    for (const wanted of step.requests) send(wanted);
    wake(step.wakeAtMs ?? Number.POSITIVE_INFINITY);
  };
  const send = (wanted: Wanted): void =>
    driver.send(wanted, (answer) => {
      if (!isOver) follow(session.answered(driver.nowMs(), wanted.id, answer));
    });
  /** A timer that is due earlier stays: what it wakes sets the next one. */
  const wake = (atMs: number): void => {
    if (isOver || atMs >= wakesAtMs) return;
    wakesAtMs = atMs;
    driver.after(Math.max(0, atMs - driver.nowMs()), () => {
      if (isOver || wakesAtMs !== atMs) return;
      wakesAtMs = Number.POSITIVE_INFINITY;
      follow(session.woken(driver.nowMs()));
    });
  };
  follow(session.start());
}
