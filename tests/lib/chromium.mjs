// chromium.mjs: Debian's Chromium under playwright-core, one page per viewport and colour scheme, with axe-core at hand.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), '../../shared/ui/package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=en-GB'];

export const viewports = {
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 640 },
  tablet: { width: 1024, height: 768 },
  desktop: { width: 1280, height: 800 },
  wide: { width: 1920, height: 1080 },
};

export function launch() {
  return chromium.launch({ executablePath: process.env.TUTTI_CHROMIUM || '/usr/bin/chromium', args: flags, headless: true, env: { ...process.env, LANGUAGE: 'en_GB' } });
}

/** A page of its own profile. Console errors and page errors are collected in page.errors: a clean run has none. */
export async function openPage(browser, url, { viewport = viewports.phone, dark = false, ...more } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: 1, locale: 'en-GB', timezoneId: 'Europe/London', ignoreHTTPSErrors: true, ...more });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  if (url) await page.goto(url);
  return page;
}

/** The violations axe-core finds, as lines a person can act on. Evaluated in the page's own world, so the CSP stands. */
export async function axe(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n').slice(1).join('; ') ?? rule.help}`));
}
