// chromium.mjs: Debian's Chromium under playwright-core, one page per viewport and colour scheme, with axe-core at hand.
import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), '../../shared/ui/package.json'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=en-GB'];

export const viewports = {
  phone: { width: 390, height: 844 },
  small: { width: 360, height: 740 },
  large: { width: 430, height: 932 },
  narrow: { width: 320, height: 640 },
  tablet: { width: 1024, height: 768 },
  upright: { width: 768, height: 1024 },
  desktop: { width: 1280, height: 800 },
  wide: { width: 1920, height: 1080 },
};

// Whatever opened one, a test that fails can say what its pages showed.
const open = new Set();
function remember(browser) {
  open.add(browser);
  browser.once('disconnected', () => open.delete(browser));
  return browser;
}

/** Every page of every browser of this process. */
export function openPages() {
  return [...open].flatMap((browser) => browser.contexts()).flatMap((context) => context.pages());
}

// How long a page is given to say what it shows after something failed.
const glanceMs = 5_000;

/** What a page shows, in words and as a picture: null of one that hangs. */
export async function glance(page) {
  const options = { timeout: glanceMs };
  const [words, picture] = await Promise.all([page.locator('body').innerText(options).catch(() => 'nothing'), page.screenshot(options).catch(() => null)]);
  return { url: page.url(), words: words.replace(/\s+/g, ' ').slice(0, 300), picture };
}

/** How long a page is waited for, whatever it is to show: a machine with other work is slow, and one that is not so never waits that long. */
export const patienceMs = 60_000;

/** A browser that does not come up has shown nothing of ours: it is started once more, and that is said. */
async function stubborn(start) {
  for (let left = 2; ; left -= 1) {
    try {
      return await start();
    } catch (error) {
      if (left === 0) throw error;
      console.log(`a browser did not start, and is started once more: ${String(error.message).split('\n')[0]}`);
    }
  }
}

/** The hub's certificate is waved through for the whole browser: a download that needs a new connection does not ask the page's context. */
export async function launch() {
  const options = { executablePath: process.env.TUTTI_CHROMIUM || '/usr/bin/chromium', args: [...flags, '--ignore-certificate-errors'], headless: true, env: { ...process.env, LANGUAGE: 'en_GB' }, timeout: patienceMs };
  return remember(await stubborn(() => chromium.launch(options)));
}

/** A page of its own profile. Console errors and page errors are collected in page.errors: a clean run has none. */
export async function openPage(browser, url, { viewport = viewports.phone, dark = false, ...more } = {}) {
  const context = await browser.newContext({ viewport, colorScheme: dark ? 'dark' : 'light', deviceScaleFactor: 1, locale: 'en-GB', timezoneId: 'Europe/London', ignoreHTTPSErrors: true, ...more });
  context.setDefaultTimeout(patienceMs);
  const page = collectErrors(await context.newPage());
  if (url) await page.goto(url);
  return page;
}

function collectErrors(page) {
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && page.errors.push(message.text()));
  return page;
}

/** The process, and the port at which it can be asked; one that does not come up is ended. */
async function startProfile(folder, args) {
  const portFile = join(folder, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const child = spawn(process.env.TUTTI_CHROMIUM || '/usr/bin/chromium', [...flags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, '--no-default-browser-check', ...args, 'about:blank'],
    { detached: true, stdio: 'ignore', env: { ...process.env, LANGUAGE: 'en_GB', TZ: 'Europe/London' } });
  const gone = once(child, 'exit');
  for (const end = Date.now() + patienceMs; ; await new Promise((resume) => setTimeout(resume, 50))) {
    // The file is there before its first line is whole.
    const port = existsSync(portFile) ? /^(\d+)\n/.exec(readFileSync(portFile, 'utf8')) : null;
    if (port) return { child, gone, port: Number(port[1]) };
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`Chromium ended with ${child.signalCode ?? child.exitCode}`);
    if (Date.now() < end) continue;
    process.kill(-child.pid, 'SIGKILL');
    await gone;
    throw new Error(`Chromium did not start within ${patienceMs / 1000} s`);
  }
}

/** Chromium as a person has it: a profile in `folder` that stays, a process that can be killed. `certificate` (PEM) is trusted, as an office
 * makes its own trusted: a service worker is not started for a page that was only waved through. */
export async function openProfile(folder, { certificate, viewport = viewports.phone, dark = false, args = [] }) {
  const spki = createHash('sha256').update(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
  const { child, gone, port } = await stubborn(() => startProfile(folder, [`--ignore-certificate-errors-spki-list=${spki}`, ...args]));
  const browser = remember(await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: patienceMs }));
  const context = browser.contexts()[0];
  context.setDefaultTimeout(patienceMs);
  const settle = async (page) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    return collectErrors(page);
  };
  const finish = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, signal);
    await gone;
    await browser.close().catch(() => undefined);
  };
  return {
    context,
    page: await settle(context.pages()[0] ?? (await context.newPage())),
    newPage: async () => settle(await context.newPage()),
    /** -9, with everything that belongs to it. */
    kill: () => finish('SIGKILL'),
    close: () => finish('SIGTERM'),
  };
}

/** For sunlight: every text at 7:1, where more contrast is asked for. */
const sunlight = ['color-contrast-enhanced'];
// What the colour scheme changes, of all that axe-core looks at: the rest was found, or not, in the first scheme.
const coloured = ['color-contrast', 'link-in-text-block'];
const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The violations axe-core finds, as lines a person can act on. Evaluated in the page's own world, so the CSP stands. `only` names the rules: of all
 * there are, or 'colours', or those of 'sunlight'. */
export async function axe(page, { only } = {}) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const rules = { colours: coloured, sunlight }[only];
  const options = { runOnly: rules ? { type: 'rule', values: rules } : { type: 'tag', values: everything }, resultTypes: ['violations'], preload: false };
  const found = await page.evaluate(async (asked) => {
    // Else a head that stays in sight covers half a row, wherever the page was left, and so does a dock, wherever its window ends.
    window.scrollTo(0, 0);
    const { style } = document.documentElement;
    style.setProperty('--room', '-9999px');
    const seen = await window.axe.run(document, asked);
    style.removeProperty('--room');
    return seen;
  }, options);
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n').slice(1).join('; ') ?? rule.help}`));
}
