// A page with each of the default theme's blocks: bought from, looked at narrow and wide, and heard.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addBlocks } from './every-block.mjs';
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
        await page.locator('.purchase').filter({ hasText: title }).getByRole('button', { name: 'Add to cart' }).click();
        const drawer = page.locator('dialog[open]');
        await drawer.getByText(title).waitFor();
        await drawer.locator('.line__total:not(:empty)').first().waitFor();
        await drawer.locator('[data-total]:not(:empty)').waitFor();
        assert.equal(await page.locator('dialog[open]').count(), 1);
        await page.keyboard.press('Escape');
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
