import { checkGroup } from "./check-group.ts";
import { groups } from "./groups.ts";

for (const group of groups) if (group.runs === "process") checkGroup(group);
