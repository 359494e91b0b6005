/**
 * A Chromium with a profile of its own that goes when it does. It looks for nothing on its own
 * account.
 */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BrowserContext } from "playwright-core";

export const noBrowserHint = "Install it with apt-get install chromium, or set CHROMIUM";

const flags = [
  "--headless",
  "--no-sandbox",
  "--no-proxy-server",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A page that plays is never in front of anybody, and must not be slowed down for it.
  "--autoplay-policy=no-user-gesture-required",
  "--mute-audio",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** Null when there is none: CHROMIUM, then the usual place, then PATH. */
export function chromiumPath(env: NodeJS.ProcessEnv): string | null {
  const named = env["CHROMIUM"];
  if (named !== undefined && named !== "") return existsSync(named) ? named : null;
  const folders = ["/usr/bin", ...(env["PATH"] ?? "").split(delimiter)];
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return (
    folders
      .flatMap((folder) => names.map((name) => join(folder, name)))
      .find((path) => existsSync(path)) ?? null
  );
}

export type Browser = AsyncDisposable & { readonly context: BrowserContext };

export interface BrowserOptions {
  readonly scripts: boolean;
  /** Whether pages may reach the network; without it they open from disk and talk to nobody. */
  readonly online?: boolean;
  readonly dark?: boolean;
  readonly wide?: number;
  /** A folder that is there; it goes with the browser, too. */
  readonly profile?: string;
  /** Besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openBrowser(
  executablePath: string,
  options: BrowserOptions,
): Promise<Browser> {
  // Only who opens a browser pays for loading what drives it.
  const { chromium } = await import("playwright-core");
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), "seawall-chromium-")));
  const close = async (context: BrowserContext | null): Promise<void> => {
    await context?.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: flags,
      env: { ...definedOf(process.env), ...options.env },
      javaScriptEnabled: options.scripts,
      offline: options.online !== true,
      viewport: { width: options.wide ?? 1280, height: 800 },
      colorScheme: options.dark === true ? "dark" : "light",
    });
    return { context, [Symbol.asyncDispose]: () => close(context) };
  } catch (error) {
    await close(null);
    throw error;
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
