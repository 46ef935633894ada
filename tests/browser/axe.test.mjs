// axe finds nothing on any kind of page, in light and dark.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { KINDS } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Where a narrow page is built otherwise than a wide one. */
const NARROW = new Set(['home', 'category', 'product', 'drawer', 'cart', 'checkout', 'order', 'confirm', 'post', 'search-results']);

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => { [shop, browser] = await Promise.all([open(), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const { name, open: visit } of KINDS) {
  test(name, { timeout: 90_000 }, async () => {
    // The policy would keep axe's own source out, so it is off here; policy.test.mjs looks after it.
    const context = await shopper(browser, shop, { bypassCSP: true });
    const found = [];
    try {
      const page = await context.newPage();
      await visit(page, shop);
      await page.evaluate(AXE);
      const looks = [['light', 1280], ['dark', 1280], ...(NARROW.has(name) ? [['light', 390], ['dark', 390]] : [])];
      for (const [scheme, width] of /** @type {['light' | 'dark', number][]} */ (looks)) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        await page.waitForTimeout(50);
        const { violations } = await page.evaluate((tags) => /** @type {any} */ (window).axe.run(document, {
          runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
        }), TAGS);
        for (const { id, help, nodes } of violations) {
          for (const { html, target, any } of nodes) {
            found.push(`${scheme} ${width}: ${id}: ${help}\n    ${target}: ${html.slice(0, 160)}\n    ${any[0]?.message ?? ''}`);
          }
        }
      }
    } finally {
      await context.close();
    }
    assert.deepEqual(found, []);
  });
}
