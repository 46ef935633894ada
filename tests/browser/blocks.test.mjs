// A page with each of the default theme's blocks: bought from, looked at narrow and wide, and heard.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SELLER, addBlocks } from './every-block.mjs';
import { settle } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [shop, browser] = await Promise.all([open({ make(folder) {
    for (const part of ['shop.yaml', 'discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes']) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    addBlocks(folder);
  } }), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const [width, colorScheme] of /** @type {[number, 'light' | 'dark'][]} */ ([[1280, 'light'], [1280, 'dark'], [320, 'light'], [320, 'dark']])) {
  test(`nothing is wrong at ${width} pixels, ${colorScheme}`, { timeout: 120_000 }, async () => {
    const context = await shopper(browser, shop, { bypassCSP: true, colorScheme, viewport: { width, height: 800 } });
    try {
      const page = await context.newPage();
      await page.goto('/blocks/');
      await settle(page);
      for (const block of ['.toc', '.figure--wide', '.pictures', '.video', '.purchase', '.card', '.alert', '.accordion', '.code', 'table']) {
        assert.ok(await page.locator(`.prose ${block}`).count(), `no ${block}`);
      }
      const { scrollWidth, innerWidth } = await page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
      assert.ok(scrollWidth <= innerWidth, `the page is ${scrollWidth} wide`);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run());
      assert.deepEqual(violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0]?.html}`), []);
    } finally {
      await context.close();
    }
  });

  test(`two things are bought from the text at ${width} pixels, ${colorScheme}`, { timeout: 60_000 }, async () => {
    const context = await shopper(browser, shop, { colorScheme, viewport: { width, height: 800 } });
    try {
      const page = await context.newPage();
      await page.goto('/blocks/');
      // What has to be chosen first is chosen on its own page.
      assert.equal(await page.locator('.purchase').filter({ hasText: 'Gift card' }).getByRole('link', { name: 'Choose' }).getAttribute('href'), '/products/gift-card/');
      for (const title of ['Phone wallpapers', 'Understory gift wrap']) {
        await page.locator('.purchase').filter({ hasText: title, visible: true }).first().getByRole('button', { name: 'Add to cart' }).click();
        const drawer = page.locator('dialog[open]');
        await drawer.getByText(title).waitFor();
        await drawer.locator('.line__total:not(:empty)').first().waitFor();
        await drawer.locator('[data-total]:not(:empty)').waitFor();
        assert.equal(await page.locator('dialog[open]').count(), 1);
        await drawer.getByRole('button', { name: 'Close' }).click();
        await drawer.waitFor({ state: 'hidden' });
      }
      await page.goto('/cart/');
      await page.locator('.totals__due').first().waitFor();
      assert.equal(await page.locator('.cart .line').count(), 2);
    } finally {
      await context.close();
    }
  });
}

/** @param {(page: import('playwright-core').Page) => Promise<void>} walk @param {import('playwright-core').BrowserContextOptions} [wishes] */
async function visit(walk, wishes) {
  const context = await shopper(browser, shop, wishes);
  try {
    const page = await context.newPage();
    // The gift wrap is sold out, and all else can be had.
    await page.route('**/api/stock?*', (route) => route.fulfill({ json: { stock: { 'TS-WRP-UND': { available: 0, backorder: false, low: 5 } }, products: {} } }));
    await walk(page);
  } finally {
    await context.close();
  }
}

/** What each form on a page says: its price and its button. @param {import('playwright-core').Page} page */
const forms = (page) => page.locator('product-form').evaluateAll((all) => all.map((form) => {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('[type=submit]'));
  return [form.dataset.product, form.querySelector('.price')?.textContent, button.querySelector('.scripted')?.textContent, button.disabled].join(' | ');
}));

test('each form says what is true of its own product, however often it stands there', { timeout: 60_000 }, () => visit(async (page) => {
  const [wrap, pack] = ['understory-gift-wrap | €8.50 | Sold out | true', 'wallpaper-pack | €6.00 | Add to cart | false'];
  await page.goto('/blocks/');
  await page.locator('.buy__button[disabled]').first().waitFor({ state: 'attached' });
  assert.deepEqual(await forms(page), [wrap, pack, wrap, pack]);
  const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
  assert.deepEqual(ids.filter((id, place) => ids.indexOf(id) !== place), []);
  await page.getByRole('banner').getByRole('combobox', { name: 'Currency' }).selectOption('USD');
  await page.locator('.purchase .price').first().filter({ hasText: '$' }).waitFor({ state: 'attached' });
  assert.deepEqual((await forms(page)).map((form) => form.split(' | ')[1]), ['$9.50', '$6.50', '$9.50', '$6.50']);
}));

test('a thing in a description leaves the page’s own price and buttons alone', { timeout: 60_000 }, () => visit(async (page) => {
  await page.goto(SELLER.page);
  await page.locator('.prose .buy__button[disabled]').waitFor();
  const own = () => page.evaluate(() => ['.product__price .price', '.product__bar .price', '.product__side .buy__button .scripted', '.product__bar .scripted']
    .map((part) => document.querySelector(part)?.textContent));
  const other = 'understory-gift-wrap | €8.50 | Sold out | true';
  assert.deepEqual(await own(), ['€22.00', '€22.00', 'Add to cart', 'Add to cart']);
  for (const value of ['350 ml', 'Brass']) await page.locator('.product__side .pick').filter({ hasText: value }).click();
  assert.deepEqual(await own(), ['€30.00', '€30.00', 'Add to cart', 'Add to cart']);
  assert.deepEqual((await forms(page)).slice(1), [other]);
  assert.equal(await page.locator('.product__bar button').isDisabled(), false);
  await page.locator('.product__side .buy__button').click();
  const drawer = page.locator('dialog[open]');
  await drawer.getByText('Tideline mug').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await drawer.waitFor({ state: 'hidden' });
}));

test('tables have what any row has, and nothing that is 0 is left out', { timeout: 60_000 }, () => visit(async (page) => {
  await page.goto('/blocks/');
  const cells = await page.getByRole('table', { name: 'Shelves' }).locator('tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(cells, [['Shelf', 'Cups', 'Full', 'Note'], ['Left', '0', 'false', ''], ['Right', '12', '', 'by the door']]);
  assert.equal(await page.locator('.prose__cards').last().locator('.card').count(), 2, 'no more than asked for');
}));

for (const [width, shown] of /** @type {[number, RegExp][]} */ ([[320, /\.svg$/], [1280, /\.webp$/]])) {
  test(`a drawing takes the place of a picture on narrow screens: ${width} pixels`, { timeout: 60_000 }, () => visit(async (page) => {
    await page.goto('/blocks/');
    const picture = page.getByAltText('The table, drawn on narrow screens');
    await picture.scrollIntoViewIfNeeded();
    assert.match(await picture.evaluate((/** @type {HTMLImageElement} */ image) => image.decode().then(() => image.currentSrc)), shown);
  }, { viewport: { width, height: 800 } }));
}
