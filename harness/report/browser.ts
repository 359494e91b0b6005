/** For tests: a Chromium that talks to nobody, with a profile of its own that goes when it does. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Null when there is none: CHROMIUM, then the usual place, then PATH. */
export function chromiumPath(env: NodeJS.ProcessEnv): string | null {
  const named = env["CHROMIUM"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : null;
  const folders = ["/usr/bin", ...(env["PATH"] ?? "").split(delimiter)];
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

export type Browser = AsyncDisposable & { readonly context: BrowserContext };

export async function openBrowser(executablePath: string, options: { readonly scripts: boolean; readonly dark?: boolean; readonly wide?: number }): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "seawall-chromium-"));
  const close = async (context: BrowserContext | null): Promise<void> => {
    await context?.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath, headless: true, args: flags, javaScriptEnabled: options.scripts, offline: true,
      viewport: { width: options.wide ?? 1280, height: 800 }, colorScheme: options.dark === true ? "dark" : "light",
    });
    return { context, [Symbol.asyncDispose]: () => close(context) };
  } catch (error) {
    await close(null);
    throw error;
  }
}
