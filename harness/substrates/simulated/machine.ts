/**
 * The machine of a simulated run: its processes, folders and toxics. It shows everything that a run
 * leaves behind.
 */

interface VirtualProcess {
  readonly service: string;
  readonly runId: string;
  readonly startTicks: number;
  readonly killed: () => void;
}

export class VirtualMachine {
  readonly processes = new Map<number, VirtualProcess>();
  readonly folders = new Set<string>();
  /** Delays and cuts in the proxy; they vanish with its process. */
  readonly toxics = new Set<object>();
  #nextPid = 4_000;

  spawn(service: string, runId: string, killed: () => void): number {
    const pid = this.#nextPid++;
    this.processes.set(pid, { service, runId, startTicks: pid * 7, killed });
    return pid;
  }

  startTicksOf(pid: number): number | null {
    return this.processes.get(pid)?.startTicks ?? null;
  }

  kill(pid: number): void {
    const process = this.processes.get(pid);
    if (process === undefined) return;
    this.processes.delete(pid);
    process.killed();
  }

  killAllOf(runId: string): void {
    for (const [pid, process] of [...this.processes]) if (process.runId === runId) this.kill(pid);
  }

  /** Everything that exists, for display. */
  left(): string[] {
    return [
      ...[...this.processes].map(([pid, process]) => `process ${pid} (${process.service})`),
      ...[...this.folders].map((path) => `folder ${path}`),
      ...(this.toxics.size > 0 ? [`${this.toxics.size} toxics`] : []),
    ];
  }
}
