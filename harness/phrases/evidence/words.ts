/** Rules whose facts are sentences still. */
import type { Rules } from "../phrase.ts";

const facts = { words: ({ text }: { readonly text: string }) => text };

export const words: Rules<
  | "faults.landed"
  | "faults.lasted"
  | "faults.healed"
  | "faults.traffic"
  | "witnesses.prober"
  | "witnesses.bytes"
  | "witnesses.counters"
  | "bodies.segments"
> = {
  "faults.landed": { title: "Every fault landed", facts },
  "faults.lasted": { title: "Every fault lasted until it was healed", facts },
  "faults.healed": { title: "Every fault healed", facts },
  "faults.traffic": { title: "The target used the links that were broken", facts },
  "witnesses.prober": { title: "The generator and the prober saw the same", facts },
  "witnesses.bytes": { title: "Bytes were moved for what the generator says was served", facts },
  "witnesses.counters": { title: "The generator and the target's own counters agree", facts },
  "bodies.segments": { title: "Bodies are segments", facts },
};
