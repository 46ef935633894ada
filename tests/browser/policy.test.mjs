// Nothing inline, nothing from elsewhere, nothing that moves: in the files, in the headers, and in the browser.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KINDS, POSTER, order, settle } from './kinds.mjs';
import { client, launch, open, shopper } from './shop.mjs';

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => { [shop, browser] = await Promise.all([open(), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** What a page must not hold. @param {string} html */
function inline(html) {
  const found = [];
  const tags = html.replace(/<!--.*?-->/gs, '').match(/<[a-z][^>]*>/gi) ?? [];
  for (const tag of tags) {
    // The names of attributes are what is left when their values are taken out.
    const names = tag.replace(/"[^"]*"|'[^']*'/g, '""');
    if (/\sstyle=/i.test(names)) found.push(tag);
    if (/\son[a-z]+=/i.test(names)) found.push(tag);
    if (/^<style/i.test(tag)) found.push(tag);
    if (/^<script/i.test(tag) && !/\ssrc=/.test(tag) && !/type="application\/(ld\+)?json"/.test(tag)) found.push(tag);
    if (/="\s*javascript:/i.test(tag)) found.push(tag);
  }
  return found;
}

test('no page of the site holds a style, a script or a handler of its own', async () => {
  const sitemap = await (await fetch(`${shop.base}/sitemap.xml`)).text();
  const addresses = [...sitemap.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => /** @type {string} */ (address));
  assert.ok(addresses.length > 50, `${addresses.length} addresses`);
  for (const address of [...addresses, `${shop.base}/cart/`, `${shop.base}/checkout/`, `${shop.base}/404.html`]) {
    const response = await fetch(address);
    assert.equal(response.status, address.endsWith('/404.html') ? 404 : 200, address);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/, address);
    assert.deepEqual(inline(await response.text()), [], address);
  }
});

test('the pages of the checkout send the policy and hold nothing inline', async () => {
  const { token, pay_url } = await order(shop);
  const html = { accept: 'text/html', ...client() };
  const form = new URLSearchParams({ sku: POSTER.sku, quantity: '1', currency: 'EUR', language: 'en' });
  /** @type {[string, RequestInit][]} */
  const asked = [
    ['/api/confirm', { method: 'POST', body: form, headers: { origin: shop.base, ...html } }],
    [`/api/orders/${token}`, { headers: html }],
    ['/api/orders/unknown', { headers: html }],
    [new URL(pay_url, shop.base).pathname, { headers: html }],
    ['/api/nothing', { headers: html }],
    ['/nowhere/', { headers: html }],
  ];
  for (const [path, init] of asked) {
    const response = await fetch(shop.base + path, init);
    assert.match(response.headers.get('content-type') ?? '', /text\/html/, path);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/, path);
    assert.deepEqual(inline(await response.text()), [], path);
  }
});

for (const { name, open: visit } of KINDS) {
  test(`${name}: the browser has nothing to complain of`, { timeout: 90_000 }, async () => {
    const context = await shopper(browser, shop);
    /** @type {string[]} */
    const found = [];
    try {
      await context.exposeFunction('report', (/** @type {string} */ text) => { found.push(text); });
      await context.addInitScript(() => {
        addEventListener('securitypolicyviolation', (event) => /** @type {any} */ (window).report(`${event.effectiveDirective}: ${event.blockedURI}`));
      });
      context.on('request', (request) => {
        const url = new URL(request.url());
        if (url.protocol !== 'data:' && url.origin !== shop.base) found.push(`asks ${request.url()}`);
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => { found.push(String(error)); });
      page.on('console', (message) => {
        // That a page is not there is what its address is for.
        if (message.type() === 'error' && !(name === '404' && /404/.test(message.text()))) found.push(message.text());
      });
      await visit(page, shop);
      await page.waitForTimeout(100);
      found.push(...await page.evaluate(() => [...document.querySelectorAll('main :is(h1, h2, h3, h4), main :is(h1, h2, h3, h4) *')]
        .filter((part) => getComputedStyle(part).opacity === '0').map((part) => `cannot be seen: ${part.textContent}`)));
    } finally {
      await context.close();
    }
    assert.deepEqual(found, []);
  });
}

for (const path of ['/', '/products/', POSTER.page, '/search/', '/search/?q=tideline']) {
  for (const width of [390, 1280]) {
    test(`nothing moves on ${path} at ${width}`, { timeout: 60_000 }, async () => {
      const context = await shopper(browser, shop, { viewport: { width, height: 800 }, pictures: true });
      try {
        const page = await context.newPage();
        await page.goto(path);
        await settle(page);
        await page.waitForTimeout(500);
        const shifts = await page.evaluate(() => new Promise((resolve) => {
          /** @type {string[]} */
          const moved = [];
          new PerformanceObserver((list) => {
            for (const entry of /** @type {any[]} */ (list.getEntries())) {
              moved.push(`${entry.value}: ${entry.sources?.map((/** @type {any} */ source) => source.node?.className ?? source.node?.nodeName)}`);
            }
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(moved), 300);
        }));
        assert.deepEqual(shifts, []);
      } finally {
        await context.close();
      }
    });
  }
}
