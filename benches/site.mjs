// A built site as a content delivery network sends it, and a browser whose processor is made six times as slow.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const SLOWER = 6;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.webp': 'image/webp' };
const require = createRequire(new URL('../tests/package.json', import.meta.url));

function fail(why) {
  console.error(why);
  process.exit(1);
}

/** What `work` comes to, as JSON on the standard output. It is given what opens a page. @param {string} folder @param {(visit: Function) => Promise<any>} work */
export async function tell(folder, work) {
  let chromium;
  try {
    ({ chromium } = require('playwright-core'));
  } catch {
    fail('`playwright-core` is missing: run `npm ci` in tests/');
  }
  if (!existsSync(CHROMIUM)) fail('Chromium is missing: install the package `chromium`, or set CHROMIUM');
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
  try {
    console.log(JSON.stringify(await work((path, sortOf) => visit(browser, base, path, sortOf))));
  } finally {
    await browser.close();
    server.close();
  }
}

/** A page as a shopper sees it who comes for the first time, and how many bytes it fetches of each sort. */
async function visit(browser, base, path, sortOf) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const sizes = {};
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const sort = pathname.endsWith('.js') ? 'scripts' : sortOf(pathname);
    if (sort) sizes[sort] = (sizes[sort] ?? 0) + Number(response.headers()['content-length']);
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return { context, page, sizes };
}

/** From here on the page keeps the times from an event until the frame after `shown` has changed. */
export const watch = (page, event, shown) => page.evaluate(([type, selector]) => {
  window.times = [];
  let began = 0;
  document.addEventListener(type, (event) => { began = event.timeStamp; }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    if (began) window.times.push(performance.now() - began);
    began = 0;
  })).observe(document.querySelector(selector), { childList: true });
}, [event, shown]);
