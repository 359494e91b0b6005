/**
 * Each test run has a ledger beside those of Seawall's own runs. If the tests are killed, `seawall
 * recover` finds everything that they started, by their folder for temporary files. The next test
 * run does that by itself.
 */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { recoverWithin } from "../../harness/cli/commands/recover.ts";
import { FileLedger } from "../../harness/run/ledger.ts";
import { leftRuns, testsPrefix } from "../../harness/run/left-runs.ts";
import { stampOf } from "../../harness/run/run-directory.ts";
import { stateFolder } from "../../harness/run/cache-folder.ts";
import { setup as makeFolder } from "./tests-folder.ts";

export async function setup(): Promise<() => void> {
  const state = stateFolder(process.env);
  await endKilledTests(state);
  const ledger = opened(state);
  const { folder, remove } = makeFolder((path) => {
    ledger?.record({ kind: "directory", path });
  });
  return () => {
    // Something still runs in the folder. `recover` finds it by the ledger, whose owner ends now.
    if (remove()) ledger?.remove();
    else process.stderr.write(`end it with: ./seawall recover (${basename(folder)})\n`);
  };
}

async function endKilledTests(state: string): Promise<void> {
  for (const left of readable(state)) {
    if (left.alive || !left.runId.startsWith(testsPrefix)) continue;
    const remaining = await recoverWithin(left);
    const undone =
      remaining.length === 0 ? "what they left is undone" : `still there: ${remaining.join("; ")}`;
    process.stderr.write(`tests that were killed (${left.runId}): ${undone}\n`);
  }
}

function readable(state: string): ReturnType<typeof leftRuns> {
  try {
    return leftRuns(state);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return [];
  }
}

/** Most tests write nothing outside their folder, so an unwritable ledger need not fail them. */
function opened(state: string): FileLedger | null {
  try {
    return new FileLedger(
      state,
      `${testsPrefix}${stampOf(Date.now())}-${randomBytes(3).toString("hex")}`,
      "",
    );
  } catch (error) {
    process.stderr.write(
      `${(error as Error).message}; \`seawall recover\` will not find what killed tests leave\n`,
    );
    return null;
  }
}
