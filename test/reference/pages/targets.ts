/** The page of targets. */
import { page, prose } from "../markdown.ts";
import { type Places, typeSections } from "../type-sections.ts";
import { sections } from "./sections.ts";

export function targetsPage(places: Places): string {
  return page(
    "Targets",
    prose(
      "A target describes what is tested. [Writing a target](../writing-a-target.md) explains " +
        "each kind with examples. `defineTarget` and `composeTarget` come from `seawall`, and " +
        "`streamTarget` from `seawall/streaming`. The types come from `seawall/target`.",
    ),
    typeSections("targets", sections.targets, places),
  );
}
