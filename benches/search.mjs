// Asks the search of a built site, in a browser whose processor is made six times as slow. Reads [{kind, query}] from the standard
// input, writes the same with `bytes` (of the search's files, gzipped, for a shopper who comes for the first time), `scripts` (of
// the page's scripts), `hits`, and `ms`: from each key until the answer to what is typed then is shown.
//
//     node benches/search.mjs FOLDER < queries.json

import { readFileSync, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SLOWER = 6;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
// Between two keys, as a quick typist on a phone.
const PAUSE_MS = 150;
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webp': 'image/webp' };
const require = createRequire(new URL('../tests/package.json', import.meta.url));

function fail(why) {
  console.error(why);
  process.exit(1);
}

let chromium;
try {
  ({ chromium } = require('playwright-core'));
} catch {
  fail('`playwright-core` is missing: run `npm ci` in tests/');
}
if (!existsSync(CHROMIUM)) fail('Chromium is missing: install the package `chromium`, or set CHROMIUM');

const folder = process.argv[2] ?? '';
/** As a content delivery network sends it. */
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const path = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  if (!existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
  const body = gzipSync(readFileSync(path));
  response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

/** Types a query letter by letter. @param {{ kind: string, query: string }} asked */
async function ask(asked) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const sizes = { search: 0, scripts: 0 };
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const sort = /\/search\/.*\.(json|txt)$/.test(pathname) ? 'search' : pathname.endsWith('.js') ? 'scripts' : '';
    if (sort) sizes[sort] += Number(response.headers()['content-length']);
  });
  await page.goto('/search/', { waitUntil: 'networkidle' });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  // A key's time begins with its event, and ends in the frame after the answer was put into the page.
  await page.evaluate(() => {
    const shown = /** @type {HTMLElement} */ (document.querySelector('[data-summary]'));
    window.times = [];
    let began = 0;
    document.addEventListener('keydown', (event) => { began = event.timeStamp; }, true);
    new MutationObserver(() => requestAnimationFrame(() => {
      if (began) window.times.push(performance.now() - began);
      began = 0;
    })).observe(shown, { childList: true });
  });
  await page.locator('input[type=search]').focus();
  for (const letter of asked.query) {
    await page.keyboard.press(letter === ' ' ? 'Space' : letter);
    await page.waitForTimeout(PAUSE_MS);
  }
  await page.waitForTimeout(4 * PAUSE_MS);
  const [ms, hits] = await page.evaluate(() => [window.times, document.querySelectorAll('.hit').length]);
  await context.close();
  return { ...asked, bytes: sizes.search, scripts: sizes.scripts, hits, ms };
}

try {
  const answers = [];
  for (const asked of JSON.parse(readFileSync(0, 'utf8'))) answers.push(await ask(asked));
  console.log(JSON.stringify(answers));
} finally {
  await browser.close();
  server.close();
}
