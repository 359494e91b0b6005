/** Starts Chromium with its own temporary profile. It makes no requests of its own. */
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
  // A playing page is never in the foreground, and must not be throttled for that.
  "--autoplay-policy=no-user-gesture-required",
  "--mute-audio",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/** Null if there is none. Looks at CHROMIUM, the usual path, then PATH. */
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
  /** Whether pages may use the network. Without it, they open from disk only. */
  readonly online?: boolean;
  readonly dark?: boolean;
  readonly wide?: number;
  /** An existing folder; removed with the browser. */
  readonly profile?: string;
  /** In addition to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openBrowser(
  executablePath: string,
  options: BrowserOptions,
): Promise<Browser> {
  // Loaded on demand, because the driver is slow to load.
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
