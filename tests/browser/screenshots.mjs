// Takes a picture of every kind of page, narrow and wide, light and dark, into `tests/artifacts/`, to be looked at.
// `node tests/browser/screenshots.mjs [kind…]`

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './kinds.mjs';
import { ARTIFACTS, launch, open, shopper } from './shop.mjs';

const SCHEMES = /** @type {const} */ (['light', 'dark']);
const WIDTHS = [{ width: 390, height: 844 }, { width: 1440, height: 900 }];

const wanted = process.argv.slice(2);
const kinds = KINDS.filter(({ name }) => !wanted.length || wanted.includes(name));
mkdirSync(ARTIFACTS, { recursive: true });
const shop = await open();
const browser = await launch();
try {
  for (const viewport of WIDTHS) {
    for (const { name, open: visit } of kinds) {
      for (const colorScheme of SCHEMES) {
        const context = await shopper(browser, shop, { viewport, colorScheme, deviceScaleFactor: 1 });
        try {
          const page = await context.newPage();
          await visit(page, shop);
          const isModal = await page.evaluate(() => !!document.querySelector('dialog[open]'));
          if (!isModal) await scroll(page);
          await page.screenshot({ path: join(ARTIFACTS, `${name}-${viewport.width}-${colorScheme}.png`), fullPage: !isModal });
        } catch (error) {
          console.error(`${name} at ${viewport.width}, ${colorScheme}: ${error}`);
          process.exitCode = 1;
        }
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
  await shop.close();
}

/** Goes down the page and up again, because pictures are asked for when they come near. @param {import('playwright-core').Page} page */
async function scroll(page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    scrollTo(0, 0);
    await Promise.all([...document.images].map((picture) => picture.decode().catch(() => undefined)));
  });
  await page.waitForTimeout(100);
}
