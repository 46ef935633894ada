// A shopper who reads from right to left: pages narrow and wide, the cart, the switch of languages, what screen readers are told.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { fill, settle } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const MUG = { sku: 'TS-MUG-TID-250-T', title: 'Tideline mug' };
/** Kinds of pages in Arabic; the towel and the terms have no translation. */
const PAGES = [
  '/ar/', '/ar/products/', '/ar/categories/kitchen/mugs/', '/ar/collections/tiles/', '/ar/products/tideline-mug/', '/ar/products/azulejo-poster/',
  '/ar/products/twill-tea-towel/', '/ar/products/gift-card/', '/ar/journal/', '/ar/journal/how-a-tile-repeats/', '/ar/delivery/', '/ar/terms/', '/ar/cart/',
  '/ar/checkout/', '/ar/search/?q=%D9%83%D9%88%D8%A8', '/ar/404.html',
];

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => { [shop, browser] = await Promise.all([open(), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** @param {(page: import('playwright-core').Page) => Promise<void>} journey @param {import('playwright-core').BrowserContextOptions} [wishes] */
async function visit(journey, wishes) {
  const context = await shopper(browser, shop, wishes);
  try {
    const page = await context.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await journey(page);
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
  }
}

/** Ends when the cart of a page is priced, where it has one. @param {import('playwright-core').Page} page @param {string} path */
async function priced(page, path) {
  await page.goto(path);
  if (/cart|checkout/.test(path)) await page.locator('.totals__due').first().waitFor();
  if (path.includes('?q=')) await page.locator('.hit').first().waitFor();
  await settle(page);
}

test('nothing is wider than the page, and nothing is hard to use', { timeout: 300_000 }, () => visit(async (page) => {
  const found = [];
  await fill(page, [MUG, { sku: 'TS-TWL-TWI', title: 'Twill tea towel', quantity: 2 }]);
  for (const path of PAGES) {
    await priced(page, path);
    await page.evaluate(AXE);
    for (const [scheme, width] of /** @type {['light' | 'dark', number][]} */ ([['light', 320], ['dark', 320], ['light', 1280], ['dark', 1280]])) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(50);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${path} ${width}: ${wide} px too wide`);
      const { violations } = await page.evaluate((tags) => /** @type {any} */ (window).axe.run(document, {
        runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
      }), TAGS);
      for (const { id, nodes } of violations) found.push(`${path} ${scheme} ${width}: ${id}: ${nodes[0].target}: ${nodes[0].html.slice(0, 160)}`);
    }
  }
  assert.deepEqual(found, []);
}, { bypassCSP: true }));

test('a page runs from right to left, and what has no translation from left to right', () => visit(async (page) => {
  await page.goto('/ar/products/twill-tea-towel/');
  const html = page.locator('html');
  assert.deepEqual([await html.getAttribute('lang'), await html.getAttribute('dir')], ['ar', 'rtl']);
  const title = page.locator('h1');
  assert.deepEqual([await title.getAttribute('lang'), await title.getAttribute('dir')], ['en', 'ltr']);
  // The name stands where others do, the text begins on its own side.
  assert.equal(await title.evaluate((it) => getComputedStyle(it).textAlign), 'end');
  const prose = page.locator('.product__details > .prose');
  assert.deepEqual(await prose.evaluate((it) => [getComputedStyle(it).direction, getComputedStyle(it).textAlign]), ['ltr', 'start']);
  // The gallery is on the side where reading begins.
  const [gallery, side] = await Promise.all(['.gallery', '.product__side'].map((it) => page.locator(it).boundingBox()));
  assert.ok(gallery && side && gallery.x > side.x, 'the pictures are on the right');
  assert.equal(await page.locator('link[rel=canonical]').getAttribute('href'), 'http://127.0.0.1/products/twill-tea-towel/'.replace('http://127.0.0.1', shop.base));
  assert.equal(await page.locator('link[hreflang=ar]').count(), 0, 'search engines are told of no Arabic page');
  await page.goto('/ar/products/tideline-mug/');
  const alternates = page.locator('link[rel=alternate][hreflang]');
  assert.deepEqual(await alternates.evaluateAll((all) => all.map((it) => it.getAttribute('hreflang'))), ['en', 'x-default', 'de', 'ar']);
  assert.equal(await page.locator('h1').getAttribute('dir'), null);
}));

test('the switch leads to the same page, there and back', () => visit(async (page) => {
  await page.goto('/journal/how-a-tile-repeats/');
  const choose = (/** @type {string} */ code) => page.locator(`.header__languages a[hreflang=${code}]`).click();
  const link = page.locator('.header__languages a[hreflang=ar] bdi');
  assert.deepEqual([await link.textContent(), await link.getAttribute('lang'), await link.getAttribute('dir')], ['العربية', 'ar', 'rtl']);
  await choose('ar');
  await page.waitForURL('**/ar/journal/how-a-tile-repeats/');
  assert.equal(await page.locator('h1').textContent(), 'كيف يتكرر البلاط');
  assert.equal(await page.locator('.prose pre').first().evaluate((it) => getComputedStyle(it).direction), 'ltr', 'code is code');
  await choose('de');
  await page.waitForURL('**/de/journal/wie-sich-eine-kachel-wiederholt/');
  await choose('ar');
  await choose('en');
  await page.waitForURL((url) => url.pathname === '/journal/how-a-tile-repeats/');
  assert.equal(await page.locator('html').getAttribute('dir'), 'ltr');
}));

test('what was chosen and searched stays when the language changes', () => visit(async (page) => {
  const choose = (/** @type {string} */ code) => page.locator(`.header__languages a[hreflang=${code}]`).click();
  await page.goto('/products/tideline-mug/');
  const picked = () => page.locator('product-form [data-option] input').evaluateAll((all) => all.flatMap((it, i) => (/** @type {HTMLInputElement} */ (it).checked ? [i] : [])));
  const first = await picked();
  await page.locator('product-form .pick:has(input:not(:checked))').first().click();
  const other = await picked();
  assert.notDeepEqual(other, first);
  const sku = new URL(page.url()).searchParams.get('variant');
  await choose('de');
  await page.waitForURL((url) => url.pathname.startsWith('/de/') && url.searchParams.get('variant') === sku);
  assert.deepEqual(await picked(), other);
  await page.goto('/search/');
  await page.locator('.search__box input').fill('tile');
  await page.waitForURL('**/search/?q=tile', { waitUntil: 'commit' });
  await choose('de');
  await page.waitForURL((url) => url.pathname === '/de/search/' && url.searchParams.get('q') === 'tile');
  assert.equal(await page.locator('.search__box input').inputValue(), 'tile');
}));

test('the cart counts in Arabic, and gives back what was removed', () => visit(async (page) => {
  await page.goto('/ar/products/tideline-mug/');
  const count = page.locator('cart-count');
  const add = async () => {
    await page.locator('.buy__button').click();
    await page.locator('.drawer[open] .line__total:not(:empty)').first().waitFor();
    await page.locator('.drawer [data-close]').click();
  };
  await add();
  assert.equal(await count.getAttribute('aria-label'), 'قطعة واحدة في السلة');
  await page.locator('.buy input[name=quantity]').fill('2');
  await add();
  assert.deepEqual([await count.textContent(), await count.getAttribute('aria-label')], ['3', '3 قطع في السلة']);
  await page.goto('/ar/cart/');
  await page.locator('.totals__due').first().waitFor();
  const line = page.locator('.cart .line');
  assert.equal(await line.locator('.line__title').textContent(), 'كوب خط المدّ');
  assert.match(await line.locator('.line__options').textContent() ?? '', /السعة: 250 مل · الحافة: أزرق مخضرّ/);
  // The same amount, written in the same way, by the browser here and on the product’s page by the generator.
  const each = await line.locator('.line__total small').textContent() ?? '';
  await line.locator('.line__remove').click();
  await page.locator('[data-undo-text]').filter({ hasText: 'كوب خط المدّ' }).waitFor();
  assert.equal(await count.getAttribute('aria-label'), 'السلة فارغة');
  await page.locator('[data-undo-button]').click();
  await page.locator('.totals__due').first().waitFor();
  assert.equal(await count.textContent(), '3');
  await page.goto('/ar/products/tideline-mug/');
  const price = await page.locator('.product__price .price').textContent() ?? '';
  assert.ok(each.includes(price), `${JSON.stringify(each)} has ${JSON.stringify(price)}`);
}));

test('an order in Arabic has the frame in Arabic, and its own words in English', () => visit(async (page) => {
  await page.goto('/ar/products/tideline-mug/');
  await Promise.all([page.waitForURL('**/api/confirm'), page.evaluate(() => /** @type {HTMLFormElement} */ (document.getElementById('buy')).submit())]);
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  const article = page.locator('.fn-page');
  assert.deepEqual([await article.getAttribute('lang'), await article.getAttribute('dir')], ['en', 'ltr']);
  assert.match(await article.textContent() ?? '', /كوب خط المدّ/);
}));
