// How many bytes of scripts and style sheets a page asks for, gzipped.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { KINDS } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

const LIMIT = 10_000;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => { [shop, browser] = await Promise.all([open(), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

for (const name of ['home', 'category', 'product', 'drawer', 'cart', 'checkout', 'search-results']) {
  test(`${name}: at most ${LIMIT} bytes of scripts, and of style sheets`, { timeout: 60_000 }, async (t) => {
    const context = await shopper(browser, shop);
    const asked = new Map();
    try {
      const page = await context.newPage();
      page.on('response', (response) => {
        const { pathname } = new URL(response.url());
        // `/_shopfront/` is the preview's own, and no part of the site.
        if (/\.(js|css)$/.test(pathname) && !pathname.startsWith('/_shopfront/')) asked.set(pathname, response.body());
      });
      await KINDS.find((kind) => kind.name === name)?.open(page, shop);
      const sizes = { js: 0, css: 0 };
      for (const [pathname, body] of asked) {
        sizes[/** @type {'js' | 'css'} */ (pathname.split('.').pop())] += gzipSync(await body, { level: 9 }).length;
      }
      t.diagnostic(`${name}: ${sizes.js} bytes of scripts, ${sizes.css} bytes of style sheets, gzipped`);
      assert.ok(sizes.js > 0 && sizes.css > 0);
      assert.ok(sizes.js < LIMIT, `${sizes.js} bytes of scripts`);
      assert.ok(sizes.css < LIMIT, `${sizes.css} bytes of style sheets`);
    } finally {
      await context.close();
    }
  });
}
