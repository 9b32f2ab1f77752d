import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { findProgram } from '#testing';

/** The browser of the system that the suites of the dashboard drive. */
export const BROWSER = 'chromium';

export interface OpenOptions extends BrowserContextOptions {
  /** `#/services` and the like. */
  readonly hash?: string;
}

/** A page and what it reported. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts and messages of the console, refused resources among them. */
  readonly complaints: readonly string[];
}

/** Starts the browser for the suite. Each page has a profile of its own and is closed after its test. */
export function useBrowser(): (url: string, options?: OpenOptions) => Promise<OpenedPage> {
  let browser: Browser | undefined;
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });
  afterAll(() => browser?.close());
  return async (url, { hash = '', ...options } = {}) => {
    // As root, in containers too, Chromium starts only without its sandbox.
    browser ??= await chromium.launch({
      executablePath: findProgram(BROWSER)!,
      args: ['--no-sandbox', '--js-flags=--expose-gc'],
    });
    const context = await browser.newContext({ locale: 'en-US', ...options });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(new URL(hash, url).href);
    return { page, complaints };
  };
}
