// Takes a picture of every kind of page, narrow and wide, light and dark, into `tests/artifacts/`, to be looked at.
// `node tests/browser/screenshots.mjs [kind…]`

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS, settle } from './kinds.mjs';
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
        const context = await shopper(browser, shop, { viewport, colorScheme, pictures: true });
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
  const height = await page.evaluate(() => document.body.scrollHeight);
  for (let y = 0; y < height; y += 600) {
    await page.evaluate((top) => scrollTo(0, top), y);
    await page.waitForTimeout(40);
    await settle(page);
  }
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(100);
}
