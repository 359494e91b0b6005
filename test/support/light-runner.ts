/**
 * Runs tests whose files share a worker. Each file is imported under its own address, so that Node
 * keeps its compiled form between runs. Vitest's own import adds the time to the address.
 */
import { pathToFileURL } from "node:url";
import { TestRunner } from "vitest";

export default class LightRunner extends TestRunner {
  override importFile(...[path, source]: Parameters<TestRunner["importFile"]>): Promise<unknown> {
    return source === "collect"
      ? import(pathToFileURL(path).href)
      : Promise.resolve(super.importFile(path, source));
  }
}
