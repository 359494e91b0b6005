/** What can be done to a target, as data. Each kind has one injector in `harness/faults/`; a kind without one does not compile. */

export type Fault =
  /** SIGKILL; healed by starting the service again. Proven by a dead process and a refused connection. */
  | { readonly kind: "kill"; readonly service: string };

export type FaultKind = Fault["kind"];

/** One line for people: `kill region-a/origin-read`. */
export function describeFault(fault: Fault): string {
  return `${fault.kind} ${fault.service}`;
}

/** The services that the fault strikes. */
export function servicesStruck(fault: Fault): readonly string[] {
  return [fault.service];
}
