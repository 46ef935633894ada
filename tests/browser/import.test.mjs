// A shop that moved in from elsewhere: made by `init`, filled by both imports, and one thing bought in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ADDRESS } from './kinds.mjs';
import { BINARY, launch, open, shopper } from './shop.mjs';

const DATA = process.env.SHOPFRONT_TEST_DATA ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared/data');
const SHOPIFY = join(DATA, 'catalogues/shopify-apparel.csv');
const WOOCOMMERCE = join(DATA, 'catalogues/woocommerce-sample_products.csv');
const skip = existsSync(SHOPIFY) ? false : `there is no ${SHOPIFY}`;

test('an imported product is bought', { timeout: 180_000, skip }, async () => {
  const shop = await open({ make(folder) {
    rmdirSync(folder);
    execFileSync(BINARY, ['init', folder]);
    execFileSync(BINARY, ['-C', folder, 'import', 'shopify', SHOPIFY]);
    execFileSync(BINARY, ['-C', folder, 'import', 'woocommerce', WOOCOMMERCE]);
  } });
  const browser = await launch();
  try {
    const context = await shopper(browser, shop);
    const page = await context.newPage();
    await page.goto('/products/classic-varsity-top/');
    await page.getByText('Medium', { exact: true }).first().click();
    await page.locator('.buy__button').click();
    await page.locator('.drawer[open] .line__total:not(:empty)').first().waitFor();
    await page.goto('/checkout/');
    await page.fill('[name=email]', 'mira@example.com');
    await page.selectOption('select[name=country]', ADDRESS.country);
    for (const name of /** @type {const} */ (['name', 'line1', 'postcode', 'city'])) await page.fill(`[name=${name}]`, ADDRESS[name]);
    await page.check('[name=accept_terms]');
    await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
    await page.waitForTimeout(400);
    await page.locator('[data-pay]').click();
    await page.waitForURL('**/sandbox/pay/**');
    await page.locator('button[name=outcome][value=paid]').click();
    await page.locator('.order__status[data-payment=paid]').waitFor();
    const [order] = await shop.orders();
    assert.equal(order.payment, 'paid');
    assert.equal(order.lines[0][1], 'classic-varsity-top-medium');
  } finally {
    await browser.close();
    await shop.close();
  }
});
