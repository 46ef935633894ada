// The plain theme proves what the guide for theme authors promises: the sample shop under it has no fault that axe knows, sells with and
// without scripts, and loads next to nothing.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { SELLER, addBlocks } from './every-block.mjs';
import { ADDRESS, KINDS, POSTER, WRAP } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

/** @import { BrowserContextOptions, Page } from 'playwright-core' */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What this theme has not, or has under other names. */
const OTHERS = new Set(['drawer', 'search-results', 'search-nothing', 'confirm']);
/** For all scripts, and for all style sheets, of any page, gzipped. */
const LIMIT = { js: 10_000, css: 4_000 };

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

/** The sample shop under the plain theme, and a page with all blocks. @param {string} folder */
function make(folder) {
  for (const part of ['discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads']) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  const settings = readFileSync(join(ROOT, 'shop.yaml'), 'utf8');
  assert.match(settings, /^theme: default$/m);
  const theme = "theme: {name: plain, settings: {accent: '#8a2b1f', footer: 'Made **by hand** in Porto.'}}";
  writeFileSync(join(folder, 'shop.yaml'), settings.replace(/^theme: default$/m, theme));
  addBlocks(folder);
}

before(async () => { [shop, browser] = await Promise.all([open({ make }), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** @param {(page: Page) => Promise<void>} walk @param {BrowserContextOptions} [wishes] */
async function visit(walk, wishes) {
  const context = await shopper(browser, shop, wishes);
  try {
    await walk(await context.newPage());
  } finally {
    await context.close();
  }
}

/** @param {Page} page */
async function faults(page) {
  const found = [];
  await page.evaluate(AXE);
  for (const [scheme, width] of /** @type {['light' | 'dark', number][]} */ ([['light', 1280], ['dark', 1280], ['light', 320], ['dark', 320]])) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(50);
    const { violations } = await page.evaluate((tags) => /** @type {any} */ (window).axe.run(document, {
      runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
    }), TAGS);
    for (const { id, help, nodes } of violations) {
      for (const { html, target, any } of nodes) found.push(`${scheme} ${width}: ${id}: ${help}\n    ${target}: ${html.slice(0, 160)}\n    ${any[0]?.message ?? ''}`);
    }
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) found.push(`${scheme} ${width}: the page is wider than the window`);
  }
  return found;
}

const BLOCKS = { name: 'blocks', open: (/** @type {Page} */ page) => page.goto('/blocks/') };

for (const { name, open: come } of [...KINDS.filter((kind) => !OTHERS.has(kind.name)), BLOCKS]) {
  // The policy would keep axe's own source out.
  test(`axe: ${name}`, { timeout: 90_000 }, () => visit(async (page) => {
    await come(page, shop);
    assert.deepEqual(await faults(page), []);
  }, { bypassCSP: true }));
}

/** Adds the poster, and waits until the cart beside the page is priced. @param {Page} page */
async function add(page) {
  await page.goto(POSTER.page);
  await page.check('input[value="50 × 70 cm"]');
  await page.check('input[value="Unframed"]');
  await page.locator('#buy button').click();
  await page.locator('dialog[open] .line__total:not(:empty)').first().waitFor();
}

test('axe: the cart beside the page', { timeout: 90_000 }, () => visit(async (page) => {
  await add(page);
  assert.deepEqual(await faults(page), []);
}, { bypassCSP: true }));

test('a product is bought, from its page to the paid order', { timeout: 90_000 }, () => visit(async (page) => {
  await add(page);
  await page.locator('dialog a[href="/cart/"]').click();
  await page.locator('.totals__due').waitFor();
  await page.fill('.quantity input', '2');
  await page.locator('.quantity input').blur();
  await page.locator('.line__total small').filter({ hasText: 'each' }).waitFor();
  await page.locator('[data-forward]').click();
  await page.waitForURL('**/checkout/');
  await page.fill('[name=email]', 'mira@example.com');
  await page.selectOption('select[name=country]', ADDRESS.country);
  for (const name of /** @type {const} */ (['name', 'line1', 'postcode', 'city'])) await page.fill(`[name=${name}]`, ADDRESS[name]);
  await page.check('[name=accept_terms]');
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  await page.waitForTimeout(400);
  await page.locator('[data-pay]').click();
  await page.waitForURL('**/sandbox/pay/**');
  await page.locator('button[name=outcome][value=paid]').click();
  await page.locator('[data-payment=paid]').first().waitFor();
  const [order] = await shop.orders();
  assert.equal(order.payment, 'paid');
}));

test('the price follows what is chosen', { timeout: 60_000 }, () => visit(async (page) => {
  await page.goto(SELLER.page);
  const own = page.locator('[data-price="buy"] .price');
  await own.filter({ hasText: /^€22\.00$/ }).waitFor();
  await page.check('input[value="350 ml"]');
  await page.check('input[value="Brass"]');
  assert.equal(await own.textContent(), '€30.00');
  assert.match(await page.locator('.prose .price').first().textContent() ?? '', /^€8\.50$/, 'of what the description sells, the price is its own');
}));

test('things are bought from a text', { timeout: 90_000 }, () => visit(async (page) => {
  await page.goto('/blocks/');
  assert.equal(await page.getByRole('link', { name: 'Choose' }).getAttribute('href'), '/products/gift-card/', 'what has to be chosen first is chosen on its own page');
  const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
  assert.deepEqual(ids.filter((id, place) => ids.indexOf(id) !== place), []);
  for (const product of ['wallpaper-pack', 'understory-gift-wrap']) {
    await page.locator(`product-form[data-product="${product}"]`).filter({ visible: true }).first().getByRole('button').click();
    const drawer = page.locator('dialog[open]');
    await drawer.locator('.line__total:not(:empty)').first().waitFor();
    await drawer.getByRole('button', { name: 'Close' }).click();
    await drawer.waitFor({ state: 'hidden' });
  }
  await page.goto('/cart/');
  await page.locator('.totals__due').first().waitFor();
  assert.equal(await page.locator('.line').count(), 2);
}));

test('one thing is bought without scripts', { timeout: 90_000 }, () => visit(async (page) => {
  await page.goto(WRAP.page);
  await page.locator('#buy button').click();
  await page.waitForURL('**/api/confirm');
  await page.locator('.fn-page').waitFor();
  assert.equal(await page.locator('script[type=module]').count(), 1, 'the frame’s own, which does not run');
}, { javaScriptEnabled: false }));

test('what is set of the theme is seen, and allowed by the policy', { timeout: 60_000 }, () => visit(async (page) => {
  const complaints = /** @type {string[]} */ ([]);
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  await page.goto('/');
  assert.equal(await page.locator('main > p a').first().evaluate((link) => getComputedStyle(link).color), 'rgb(138, 43, 31)');
  assert.equal(await page.locator('.foot strong').textContent(), 'by hand');
  assert.deepEqual(complaints, []);
}));

for (const path of ['/', '/products/', POSTER.page, '/journal/how-a-tile-repeats/', '/cart/', '/checkout/']) {
  test(`${path} loads little`, { timeout: 60_000 }, (t) => visit(async (page) => {
    const asked = new Map();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/\.(js|css)$/.test(pathname) && !pathname.startsWith('/_shopfront/')) asked.set(pathname, response.body());
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    const sizes = { js: 0, css: 0 };
    for (const [pathname, body] of asked) sizes[/** @type {'js' | 'css'} */ (pathname.split('.').pop())] += gzipSync(await body, { level: 9 }).length;
    t.diagnostic(`${path}: ${sizes.js} bytes of scripts, ${sizes.css} bytes of style sheets, gzipped`);
    assert.ok(sizes.css > 0 && sizes.css < LIMIT.css, `${sizes.css} bytes of style sheets`);
    const sells = path === POSTER.page || path === '/cart/' || path === '/checkout/';
    assert.ok(sells ? sizes.js < LIMIT.js : sizes.js === 0, `${sizes.js} bytes of scripts`);
  }));
}
