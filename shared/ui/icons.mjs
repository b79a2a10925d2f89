// icons.mjs: draws client/browser/icons from icon.svg with the system's Chromium. By hand, after the icon changed: `npm run icons`.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../client/browser/icons');
const icon = readFileSync(join(here, 'icon.svg'), 'utf8');
// Platforms that cut the shape themselves get the ground to the edge; the drawing lies within the circle that every mask leaves.
const square = icon.replace(/ rx="\d+"/, '');
const drawings = [
  ['icon-180', square, 180],
  ['icon-192', icon, 192],
  ['icon-512', icon, 512],
  ['icon-maskable-512', square, 512],
];

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.TUTTI_CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
for (const [name, svg, side] of drawings) {
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${svg}`);
  await page.screenshot({ path: join(out, `${name}.png`), omitBackground: true });
}
await browser.close();
