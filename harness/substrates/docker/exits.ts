/**
 * The engine's events about ended containers of a run and their reasons, except for those that the
 * harness ended.
 */
import type Docker from "dockerode";
import { type ContainerEvent, type EventListener, watchEvents } from "./events.ts";
import { ofRun } from "./labels.ts";

export interface Died {
  readonly containerId: string;
  readonly detail: string;
}

interface Listener extends Pick<EventListener, "lost"> {
  died(died: Died): void;
  /** True if the harness itself ended it, and reports that directly. */
  isExpected(containerId: string): boolean;
}

/** Watches until disposed. */
export function watchExits(
  docker: Docker,
  runId: string,
  { died, lost, isExpected }: Listener,
): Promise<Disposable> {
  const starved = new Set<string>();

  async function tell({ container: containerId, action, exitCode }: ContainerEvent): Promise<void> {
    if (action === "oom") starved.add(containerId);
    else
      died({
        containerId,
        detail:
          isExpected(containerId) && !starved.has(containerId)
            ? detailOf(exitCode, false, 0)
            : await describe(containerId, exitCode),
      });
  }

  async function describe(containerId: string, exitCode: string): Promise<string> {
    const inspected = await docker
      .getContainer(containerId)
      .inspect()
      .catch(() => null);
    const oom = inspected?.State.OOMKilled === true || starved.has(containerId);
    return detailOf(exitCode, oom, inspected?.HostConfig.Memory ?? 0);
  }

  return watchEvents(docker, ofRun(runId), ["die", "oom"], {
    happened: (event) => void tell(event),
    lost,
  });
}

/** Exit statuses above 128 are signals: 137 is SIGKILL, 143 SIGTERM. */
export function detailOf(exitCode: string, outOfMemory: boolean, memoryBytes: number): string {
  const limit = memoryBytes > 0 ? ` of ${Math.round(memoryBytes / 2 ** 20)} MiB` : "";
  if (outOfMemory)
    return (
      `ended by the kernel: it wanted more memory than its limit${limit} (exit status ` +
      `${exitCode})`
    );
  const signal = { 130: "SIGINT", 134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM" }[
    Number(exitCode)
  ];
  return signal === undefined
    ? `exit status ${exitCode}`
    : `ended by ${signal} (exit status ${exitCode})`;
}
