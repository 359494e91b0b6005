/** An observation that shows whether a fault is in force. */
export interface Evidence {
  readonly landed: boolean;
  /** One sentence: "process 4711 is gone and 127.1.1.14:8080 refuses connections". */
  readonly observation: string;
}
