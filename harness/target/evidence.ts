/** What was seen that shows a fault did, or did not, take hold. */
export interface Evidence {
  readonly landed: boolean;
  /** One sentence: "process 4711 is gone and 127.1.1.14:8080 refuses connections". */
  readonly observation: string;
}
