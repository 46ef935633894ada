// What a shop sells and on which terms, as a shopper meets it: codes, bundles, gift cards, engravings, prices for many, sales, currencies.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ADDRESS, fill } from './kinds.mjs';
import { launch, open, shopper } from './shop.mjs';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {Browser} */
let browser;
/** @type {Page} */
let page;

before(async () => { [shop, browser] = await Promise.all([open(), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** @param {string} name @param {() => Promise<void>} walk @param {BrowserContextOptions} [wishes] */
const journey = (name, walk, wishes) => test(name, { timeout: 90_000 }, async () => {
  const context = await shopper(browser, shop, wishes);
  // The preview would load pages again whenever a sale ends or a file has changed; a deployed shop does not.
  await context.route('**/_shopfront/**', (route) => route.abort());
  page = await context.newPage();
  try {
    await walk();
  } finally {
    await context.close();
  }
});

/** @param {string} selector @param {string | RegExp} wanted */
const says = (selector, wanted) => page.locator(selector).filter({ hasText: wanted }).first().waitFor();

/** @param {string | null} text */
const minor = (text) => Number((text ?? '').replace(/[^\d]/g, ''));

/** Waits until what is to be paid is this. @param {number} wanted */
const dueIs = async (wanted) => {
  await page.waitForFunction((amount) => [...document.querySelectorAll('.totals__due dd')].some((sum) =>
    Number((sum.textContent ?? '').replace(/[^\d]/g, '')) === amount), wanted);
};

/** @param {object} cart */
const quoted = async (cart) => (await shop.api('/quote', cart)).body;

async function add() {
  await page.locator('.buy__button').click();
  await page.locator('.drawer[open] .line__total:not(:empty)').first().waitFor();
}

/** @param {string} code */
async function enter(code) {
  if (!await page.locator('#code').isVisible()) await page.locator('code-box summary').click();
  await page.fill('#code', code);
  // What takes codes is loaded when somebody wants to enter one.
  await page.locator('code-box form button:not([disabled])').waitFor();
  await page.locator('#code').press('Enter');
}

/** Buys what is in the cart, and ends on the order's page. */
async function buy() {
  await page.goto('/checkout/');
  await page.locator('[data-pay]').filter({ hasText: /\w/ }).waitFor();
  await page.fill('[name=email]', 'mira@example.com');
  await page.selectOption('select[name=country]', ADDRESS.country);
  for (const name of /** @type {const} */ (['name', 'line1', 'postcode', 'city'])) {
    if (await page.locator(`[name=${name}]`).isVisible()) await page.fill(`[name=${name}]`, ADDRESS[name]);
  }
  await page.check('[name=accept_terms]');
  await page.waitForTimeout(600);
  await page.locator('[data-pay]').click();
  await page.waitForURL(/sandbox\/pay|api\/orders/);
  if (page.url().includes('/sandbox/pay/')) await page.locator('button[name=outcome][value=paid]').click();
  await page.locator('[data-payment=paid]').first().waitFor();
}

journey('a discount code is taken, shown and paid by, and a refused one says why', async () => {
  const lines = [{ sku: 'TS-MUG-TID-250-T', quantity: 2 }];
  await fill(page, [{ sku: 'TS-MUG-TID-250-T', title: 'Tideline mug', quantity: 2 }]);
  await page.goto('/cart/');
  await page.selectOption('[data-country]', 'PT');
  await dueIs((await quoted({ lines, country: 'PT' })).due);
  await enter('nosuchcode');
  await says('code-box [data-error]', /NOSUCHCODE/i);
  assert.deepEqual(await page.evaluate(() => JSON.parse(localStorage.getItem('shopfront.cart') ?? '{}').discounts), [], 'it is in no one’s way');
  await enter('welcome10');
  await says('.totals', 'Welcome');
  const reduced = await quoted({ lines, country: 'PT', discounts: ['WELCOME10'] });
  assert.equal(reduced.discount_total, 440);
  await dueIs(reduced.due);
  // Another one that does not go with it.
  await enter('WALLS');
  await says('code-box [data-error]', /WALLS/);
  await buy();
  await says('main', 'Welcome');
  const [order] = await shop.orders();
  assert.equal(order.due, reduced.due);
  // Once for each customer, whatever the address looks like.
  await fill(page, [{ sku: 'TS-MUG-TID-250-T', title: 'Tideline mug' }]);
  await page.goto('/cart/');
  await enter('WELCOME10');
  await says('.totals', 'Welcome');
  const again = await shop.api('/checkout', {
    lines: [{ sku: 'TS-MUG-TID-250-T', quantity: 1 }], country: 'PT', discounts: ['WELCOME10'], email: ' MIRA@example.com', ship_to: ADDRESS,
    accept_terms: true, gateway: 'sandbox', idempotency_key: crypto.randomUUID(),
    expected_total: (await quoted({ lines: [{ sku: 'TS-MUG-TID-250-T', quantity: 1 }], country: 'PT', discounts: ['WELCOME10'] })).due,
  });
  assert.deepEqual([again.status, again.body.code], [409, 'discount_used_up']);
});

journey('every third tea towel is free without a code', async () => {
  await fill(page, [{ sku: 'TS-TWL-TID', title: 'Tideline tea towel', quantity: 3 }]);
  await page.goto('/cart/');
  await page.selectOption('[data-country]', 'PT');
  await says('.totals', 'Every third tea towel free');
  const quote = await quoted({ lines: [{ sku: 'TS-TWL-TID', quantity: 3 }], country: 'PT' });
  assert.equal(quote.discount_total, 1800);
  await dueIs(quote.due);
});

journey('a bundle takes its parts from stock', async () => {
  const left = async () => (await shop.api('/stock?sku=TS-WRP-AZU&sku=TS-SET-WRP')).body.stock;
  const before = await left();
  await page.goto('/products/three-wraps/');
  await says('main', 'Palazzo gift wrap');
  await add();
  await buy();
  const then = await left();
  assert.equal(then['TS-WRP-AZU'].available, before['TS-WRP-AZU'].available - 1);
  assert.ok(then['TS-SET-WRP'].available <= then['TS-WRP-AZU'].available, 'as many as its scarcest part');
});

journey('a gift card is bought, and pays for something else', async () => {
  await page.goto('/products/gift-card/');
  await page.fill('[name="field.amount"]', '30');
  await add();
  await page.goto('/cart/');
  await dueIs(3000);
  await buy();
  const code = (await page.locator('.gift-cards__code').first().textContent())?.trim() ?? '';
  assert.match(code, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);

  await fill(page, [{ sku: 'TS-DIG-WALL', title: 'Phone wallpapers' }]);
  await page.goto('/cart/');
  await dueIs(600);
  await enter(code.toLowerCase().replaceAll('-', ' '));
  await dueIs(0);
  await buy();
  await says('main', code.slice(-4));
  // The rest of it pays a part of something dearer.
  const { body } = await shop.api('/quote', { lines: [{ sku: 'TS-POS-AZU-3040-U', quantity: 1 }], gift_cards: [code] });
  assert.deepEqual([body.gift_cards_total, body.due], [2400, 400]);
});

journey('a name is put on the base, and costs what it costs', async () => {
  await page.goto('/products/azulejo-mug/');
  await page.fill('[name="field.name"]', 'Mira');
  await add();
  await says('.drawer .line__options', 'Mira');
  await page.goto('/cart/');
  await says('.line__total', '27');
  await buy();
  await says('main', 'Mira');
  const [order] = await shop.orders();
  assert.equal(order.lines[0][1], 'TS-MUG-AZU-250');
});

journey('without JavaScript, an engraved mug is bought by hand', async () => {
  await page.goto('/products/azulejo-mug/');
  await page.fill('[name="field.name"]', 'Zé');
  await page.locator('.buy__button').click();
  await page.waitForURL('**/api/confirm');
  await says('main', 'Zé');
  await says('main', '27.00');
}, { javaScriptEnabled: false });

journey('ten sheets cost less each', async () => {
  await page.goto('/products/azulejo-gift-wrap/');
  await says('[data-many]', '5.90');
  await page.fill('[name=quantity]', '10');
  await add();
  await page.goto('/cart/');
  await says('.line__total', '59');
  const input = page.locator('.line input[type=number]');
  await input.fill('4');
  await input.press('Enter');
  await says('.line__total', '28');
});

journey('what is sold in pairs is sold in pairs', async () => {
  await page.goto('/products/palazzo-gift-wrap/');
  assert.equal(await page.inputValue('[name=quantity]'), '2');
  await page.locator('quantity-input [data-step="1"]').click();
  assert.equal(await page.inputValue('[name=quantity]'), '4');
  await add();
});

journey('a sale ends while the page is open', async () => {
  await shop.proven();
  const file = join(shop.folder, 'products/play/ending.yaml');
  const until = new Date(Date.now() + 12_000).toISOString().replace(/\.\d+Z$/, 'Z');
  writeFileSync(file, `title: Ending\nweight: 1 g\nsku: ENDING\nprice: {EUR: 20.00, USD: 22}\nsale: {price: {EUR: 15.00, USD: 17}, until: ${until}}\n`);
  for (let tries = 0; tries < 40 && (await fetch(`${shop.base}/products/ending/`)).status !== 200; tries += 1) await page.waitForTimeout(200);
  await page.goto('/products/ending/');
  await says('[data-price]', '15.00');
  for (let tries = 0; tries < 20 && (await quoted({ lines: [{ sku: 'ENDING', quantity: 1 }] })).subtotal !== 1500; tries += 1) await page.waitForTimeout(200);
  assert.equal((await quoted({ lines: [{ sku: 'ENDING', quantity: 1 }] })).subtotal, 1500);
  await page.evaluate(() => Object.assign(window, { stays: true }));
  await page.waitForFunction(() => !document.querySelector('[data-price]')?.textContent?.includes('15.00'), undefined, { timeout: 30_000 });
  await says('[data-price]', '20.00');
  assert.equal(await page.evaluate(() => 'stays' in window), true, 'the page was not loaded again');
  assert.equal((await quoted({ lines: [{ sku: 'ENDING', quantity: 1 }] })).subtotal, 2000, 'the quote judges by its own clock');
});

journey('both currencies: chosen once, everywhere, and paid in it', async () => {
  await page.goto('/products/azulejo-mug/');
  await says('[data-price]', '€22.00');
  await page.locator('currency-chooser select').locator('visible=true').first().selectOption('USD');
  await says('[data-price]', '25.00');
  await add();
  await page.goto('/categories/kitchen/mugs/');
  await page.locator('.card__price').filter({ hasText: '$' }).first().waitFor();
  await page.goto('/cart/');
  await page.selectOption('[data-country]', 'PT');
  const quote = await quoted({ lines: [{ sku: 'TS-MUG-AZU-250', quantity: 1 }], country: 'PT', currency: 'USD' });
  assert.deepEqual([quote.currency, quote.due], ['USD', 2500 + 400]);
  await dueIs(quote.due);
  await buy();
  const [order] = await shop.orders();
  assert.deepEqual([order.currency, order.due], ['USD', quote.due]);
  await page.goto('/products/azulejo-poster/');
  await says('[data-price]', '$');
  // What is added to a thing, and what a card may be worth, have amounts in it too.
  await page.goto('/products/azulejo-mug/');
  await says('.field__optional', '$6.00');
  await page.goto('/products/gift-card/');
  await says('#field-amount-hint', '$250.00');
  await says('chosen-amount .pick', '$25.00');
});

journey('the islands have a zone and a rate of their own', async () => {
  await fill(page, [{ sku: 'TS-MUG-TID-250-T', title: 'Tideline mug' }]);
  await page.goto('/cart/');
  await page.selectOption('[data-country]', 'PT');
  await says('[data-methods]', 'Collect');
  await says('[data-methods]', 'Travessa dos Moldes');
  await page.fill('[data-postcode]', '9500-321');
  await page.locator('[data-postcode]').press('Tab');
  await says('[data-methods]', 'islands');
  await dueIs(2200 + 750);
  await page.selectOption('[data-country]', 'ES');
  await page.fill('[data-postcode]', '35001');
  await page.locator('[data-postcode]').press('Tab');
  const canaries = await quoted({ lines: [{ sku: 'TS-MUG-TID-250-T', quantity: 1 }], country: 'ES', postcode: '35001' });
  assert.equal(canaries.tax_total, 0);
  await dueIs(canaries.due);
});

journey('a download is taxed where its buyer is, who has to say where that is', async () => {
  await fill(page, [{ sku: 'TS-DIG-WALL', title: 'Phone wallpapers' }]);
  await page.goto('/checkout/');
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  assert.equal(await page.locator('[name=postcode]').isVisible(), false);
  await page.fill('[name=email]', 'mira@example.com');
  await page.check('[name=accept_terms]');
  await page.selectOption('select[name=country]', 'ES');
  await page.locator('[name=postcode]').waitFor();
  await page.locator('[data-pay]').click();
  await says('[data-summary]', /postcode/i);
  await page.fill('[name=postcode]', '35001');
  await page.locator('[name=postcode]').press('Tab');
  const { due } = await quoted({ lines: [{ sku: 'TS-DIG-WALL', quantity: 1 }], country: 'ES', postcode: '35001' });
  await dueIs(due);
  await page.locator('[data-pay]').click();
  await page.waitForURL(/sandbox\/pay/);
});

test('no code of a discount is anywhere on the site', async () => {
  const pages = (await (await fetch(`${shop.base}/sitemap.xml`)).text()).match(/<loc>[^<]+/g) ?? [];
  assert.ok(pages.length > 100);
  for (const path of ['/', '/cart/', '/checkout/', '/products/three-wraps/', '/products/azulejo-poster/']) {
    const text = await (await fetch(shop.base + path)).text();
    for (const code of ['WELCOME10', 'WALLS', 'FREEPOST', 'ADVENT']) assert.ok(!text.includes(code), `${path} holds ${code}`);
  }
});
