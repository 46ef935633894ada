// Whole journeys through the sample shop, as a shopper, as a merchant, and as an editor at work.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ADDRESS, POSTER, WRAP, fill, order } from './kinds.mjs';
import { HOLD_S, launch, open, shopper } from './shop.mjs';

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

/**
 * A journey of a shopper of its own.
 * @param {string} name
 * @param {() => Promise<void>} walk
 * @param {BrowserContextOptions} [wishes]
 */
const journey = (name, walk, wishes) => test(name, { timeout: 90_000 }, async () => {
  const context = await shopper(browser, shop, wishes);
  page = await context.newPage();
  try {
    await walk();
  } finally {
    await context.close();
  }
});

/** Waits until the text of a thing is, or matches, what is wanted. @param {string} selector @param {string | RegExp} wanted */
const says = (selector, wanted) => page.locator(selector).filter({ hasText: wanted }).first().waitFor();

/** The figures in a text, as minor units. @param {string | null} text */
const minor = (text) => Number((text ?? '').replace(/[^\d]/g, ''));

const due = async () => minor(await page.locator('.totals__due dd').first().textContent());

/** Adds what is shown to the cart. */
async function add() {
  await page.locator('.buy__button').click();
  await page.locator('.drawer[open] .line__total:not(:empty)').first().waitFor();
}

const countText = () => page.locator('cart-count').textContent();

/** Fills in the checkout's form and goes to the payment page. */
async function toPayment() {
  await page.fill('[name=email]', 'mira@example.com');
  await page.selectOption('select[name=country]', ADDRESS.country);
  for (const name of /** @type {const} */ (['name', 'line1', 'postcode', 'city'])) {
    if (await page.locator(`[name=${name}]`).isVisible()) await page.fill(`[name=${name}]`, ADDRESS[name]);
  }
  await page.check('[name=accept_terms]');
}

async function pay() {
  // The total follows the address; what is shown is what is sent.
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  await page.waitForTimeout(400);
  await page.locator('[data-pay]').click();
  await page.waitForURL('**/sandbox/pay/**');
}

/** @param {string} outcome */
const press = (outcome) => page.locator(`button[name=outcome][value=${outcome}]`).click();

const paid = () => page.locator('[data-payment=paid]').first().waitFor();

/** @param {string} sku */
const left = async (sku) => (await shop.api(`/stock?sku=${sku}`)).body.stock[sku]?.available;

journey('a choice changes price, picture and address', async () => {
  await page.goto('/products/azulejo-mug/');
  const forms = await page.evaluate(() => JSON.parse(document.querySelector('[data-product-data]')?.textContent ?? '{}'));
  /** @typedef {{ sku: string, choices: string[], prices: Record<string, { text: string }[]> }} Shown */
  const text = (/** @type {Shown} */ variant) => variant.prices.EUR?.[0]?.text ?? '';
  const other = forms.variants.find((/** @type {Shown} */ variant) => text(variant) !== text(forms.variants[0]));
  for (const [i, value] of other.choices.entries()) await page.check(`[data-option="${i}"] input[value="${value}"]`, { force: true });
  await says('[data-price]', text(other));
  assert.equal(new URL(page.url()).searchParams.get('variant'), other.sku);
  await page.reload();
  await says('[data-price]', text(other));
  assert.equal(await page.locator('form [name=sku]').first().evaluate((input) => new FormData(/** @type {HTMLInputElement} */ (input).form ?? undefined).get('sku')), other.sku);
});

journey('the chosen variant’s own picture is shown', async () => {
  const picture = 'azulejo-poster-detail.jpg';
  const name = (/** @type {string} */ text) => text.replace('Frame: Oak frame}, price: {EUR: "119.00"', `Frame: Oak frame}, image: ${picture}, price: {EUR: "119.00"`);
  await page.setViewportSize({ width: 390, height: 844 });
  await edited('products/paper/posters/azulejo-poster.yaml', name, async () => {
    await page.waitForTimeout(1500);
    await page.goto(POSTER.page);
    await page.check('input[value="50 × 70 cm"]', { force: true });
    await page.check('input[value="Oak frame"]', { force: true });
    await page.waitForFunction(() => {
      const box = document.getElementById('picture-1')?.getBoundingClientRect();
      return box && box.left >= -1 && box.right <= innerWidth + 1;
    });
  });
});

journey('the same thing in the other language, bought there', async () => {
  await page.goto(POSTER.page);
  await page.locator('.header__languages a[hreflang=de]').click();
  await page.waitForURL(`**/de${POSTER.page}`);
  await says('h1', 'Azulejo-Poster');
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await page.check('input[value="50 × 70 cm"]', { force: true });
  await page.check('input[value="Unframed"]', { force: true });
  await says('[data-price]', /^42,00\s€$/);
  await add();
  await says('.drawer', 'Azulejo-Poster');
  await page.goto('/de/cart/');
  await says('.line__options', 'Ohne Rahmen');
  await says('.totals', 'Zwischensumme');
  assert.equal(await page.locator('.line__title a').getAttribute('href'), `/de${POSTER.page}`);
  await page.goto('/de/checkout/');
  await toPayment();
  await says('.checkout', 'Briefpost');
  await pay();
  await press('paid');
  await paid();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de', 'the order’s page has the frame in the language of the order');
  // The cart is the same in both languages.
  await page.goto(POSTER.page);
  await add();
  await page.goto('/cart/');
  await says('.line__title', POSTER.title);
});

journey('from choosing to the order’s page, with the API’s numbers all the way', async () => {
  await page.goto(POSTER.page);
  await page.check('input[value="50 × 70 cm"]', { force: true });
  await page.check('input[value="Unframed"]', { force: true });
  await says('[data-price]', '42');
  await add();
  await says('.drawer', POSTER.title);
  await page.reload();
  assert.match(await countText() ?? '', /1/, 'a reload keeps the cart');

  const second = await page.context().newPage();
  await second.goto('/cart/');
  await second.locator('.line__title').filter({ hasText: POSTER.title }).waitFor();
  await second.locator('.line [data-step="1"]').click();
  await page.locator('cart-count').filter({ hasText: '2' }).waitFor();
  await second.close();

  await page.goto('/cart/');
  await page.selectOption('[data-country]', 'DE');
  await says('[data-methods]', 'Express');
  await page.click('[data-methods] input[value=express]', { force: true });
  await page.waitForTimeout(400);
  const lines = [{ sku: POSTER.sku, quantity: 2 }];
  const german = await shop.api('/quote', { lines, country: 'DE', shipping: 'express' });
  await says('.totals__due', /\d/);
  assert.equal(await due(), german.body.due);
  await page.selectOption('[data-country]', 'PT');
  await says('[data-methods]', 'Collect');
  await page.waitForTimeout(400);
  const quote = await shop.api('/quote', { lines, country: 'PT' });
  assert.equal(await due(), quote.body.due);

  await page.locator('[data-forward]').click();
  await page.waitForURL('**/checkout/');
  await toPayment();
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  assert.equal(await due(), quote.body.due);
  await pay();
  assert.equal(minor(/(\d+[.,]\d\d)/.exec(await page.locator('main').textContent() ?? '')?.[1] ?? ''), quote.body.due);
  await press('paid');
  await paid();
  assert.match(await page.locator('main').textContent() ?? '', /Azulejo poster/);
  await page.goto('/cart/');
  await page.locator('[data-empty]').waitFor();

  const [last] = await shop.orders();
  assert.equal(last.payment, 'paid');
  assert.equal(last.lines[0][0], 2);
});

journey('the back button sees the cart', async () => {
  // What a page says when it comes back whole is read in another tab, because the driver loses sight of such a page.
  await page.addInitScript(() => addEventListener('pageshow', ({ persisted }) => {
    if (persisted) setTimeout(() => localStorage.setItem('shown', `${location.pathname} ${document.querySelector('cart-count')?.textContent}`), 300);
  }));
  const other = await page.context().newPage();
  await other.goto('/robots.txt');
  await page.goto(WRAP.page);
  await page.goto(POSTER.page);
  await add();
  await page.evaluate(() => { setTimeout(() => history.back(), 0); });
  await other.waitForFunction((path) => {
    const shown = localStorage.getItem('shown') ?? '';
    return shown.startsWith(path) && shown.includes('1');
  }, WRAP.page);
});

journey('a quantity is edited, a removal undone', async () => {
  await fill(page, [{ sku: POSTER.sku, title: POSTER.title }, { sku: 'TS-MUG-TID-250-T', title: 'Tideline mug', quantity: 2 }]);
  await page.goto('/cart/');
  const mug = page.locator('.line').filter({ hasText: 'Tideline mug' });
  await mug.locator('input[type=number]').fill('3');
  await mug.locator('input[type=number]').press('Enter');
  await mug.locator('.line__total').filter({ hasText: '66' }).waitFor();
  await mug.locator('.line__remove').click();
  await mug.waitFor({ state: 'detached' });
  await page.locator('[data-undo-button]').click();
  await mug.waitFor();
  assert.equal(await mug.locator('input[type=number]').inputValue(), '3');
  assert.equal(await page.locator('.line').nth(1).locator('.line__title').textContent(), 'Tideline mug', 'it is back in its place');
});

journey('declined, then paid', async () => {
  await page.goto((await order(shop)).pay_url);
  await press('declined');
  await says('[role=alert]', /declined/i);
  await press('paid');
  await paid();
});

journey('paid a little later, and failed a little later', async () => {
  for (const [outcome, end] of [['pending_paid', 'paid'], ['pending_failed', 'failed']]) {
    await page.goto((await order(shop)).pay_url);
    await press(/** @type {string} */ (outcome));
    await page.waitForURL('**/api/orders/**');
    if (end === 'failed') assert.doesNotMatch(await page.locator('main').innerText(), /failed/i, 'never “failed” while it is unknown');
    await page.locator(`[data-payment=${end}]`).first().waitFor({ timeout: 20_000 });
  }
});

journey('abandoned, and the stock returns', async () => {
  const sku = 'TS-POS-UND-70100-O';
  const there = await left(sku);
  await page.goto((await order(shop, [{ sku }])).pay_url);
  assert.equal(await left(sku), there - 1);
  await press('abandon');
  for (let waited = 0; await left(sku) !== there; waited += 1) {
    assert.ok(waited < HOLD_S + 30, 'the stock did not return');
    await page.waitForTimeout(1000);
  }
});

journey('what is sold out, and how many are left', async () => {
  await page.goto('/products/understory-tea-towel/');
  await says('stock-badge', 'Sold out');
  assert.equal(await page.locator('.buy__button').isDisabled(), true);
  await page.goto(`${POSTER.page}?variant=TS-POS-AZU-5070-O`);
  await says('.buy__stock', '3 left');
  await page.goto('/categories/kitchen/tea-towels/');
  await says('.card', 'Sold out');
});

journey('a digital thing is bought and fetched', async () => {
  await page.goto('/products/wallpaper-pack/');
  await add();
  await page.locator('.drawer a[href$="/checkout/"]').click();
  await page.waitForURL('**/checkout/');
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  assert.equal(await page.locator('[name=line1]').isVisible(), false, 'no address is asked for');
  await toPayment();
  await pay();
  await press('paid');
  await paid();
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a[href*="/downloads/"]').first().click()]);
  const bytes = readFileSync(await file.path());
  assert.deepEqual(bytes, readFileSync(join(shop.folder, 'downloads/tessel-wallpapers.zip')));
  const link = await page.locator('a[href*="/downloads/"]').first().getAttribute('href');
  const { headers } = await fetch(shop.base + link, { method: 'HEAD', headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([headers.get('accept-ranges'), headers.get('content-length')], ['bytes', String(bytes.length)], 'it can go on');
  await page.reload();
  await says('.downloads', /4 of 5/);
});

journey('a payment service that does not answer: the cart is kept, and another press orders once', async () => {
  /** @type {string[]} */
  const keys = [];
  await page.route('**/api/checkout', async (route) => {
    keys.push(route.request().postDataJSON().idempotency_key);
    if (keys.length > 1) return route.continue();
    // The order is there, and no payment can be opened for it.
    await route.fetch();
    const problem = { status: 503, code: 'payment_unreachable', title: 'the payment service does not answer for now' };
    return route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  const before = (await shop.orders()).length;
  await page.goto('/products/wallpaper-pack/');
  await add();
  await page.locator('.drawer a[href$="/checkout/"]').click();
  await page.waitForURL('**/checkout/');
  await toPayment();
  await page.locator('[data-pay]').filter({ hasText: /\d/ }).waitFor();
  await page.waitForTimeout(400);
  await page.locator('[data-pay]').click();
  await says('[data-summary]', 'The payment service does not answer right now. Your cart is kept');
  assert.match(await countText() ?? '', /1/);
  await page.locator('[data-pay]').click();
  await page.waitForURL('**/sandbox/pay/**');
  assert.deepEqual([keys.length, new Set(keys).size, (await shop.orders()).length], [2, 1, before + 1]);
});

journey('without JavaScript, one thing is bought', async () => {
  await page.goto(POSTER.page);
  await page.locator(`[name=sku][value="${POSTER.sku}"]`).check({ force: true });
  await page.locator('.buy__button').click();
  await page.waitForURL('**/api/confirm');
  await page.fill('[name=email]', 'mira@example.com');
  await page.selectOption('[name=country]', 'PT');
  for (const name of /** @type {const} */ (['name', 'line1', 'postcode', 'city'])) await page.fill(`[name=${name}]`, ADDRESS[name]);
  // The page comes again at the same address, and looks much like the one before.
  await Promise.all([page.waitForEvent('load'), page.locator('button[name=update]').click()]);
  await page.locator('[name=shipping]').first().waitFor();
  await page.check('[name=accept_terms]', { force: true });
  await page.locator('form[action$="/checkout"] button:not([name])').click();
  await page.waitForURL('**/sandbox/pay/**');
  await press('paid');
  await page.waitForURL('**/api/orders/**');
  for (let tries = 0; tries < 10 && !await page.locator('[data-payment=paid]').count(); tries += 1) {
    await page.waitForTimeout(500);
    await page.reload();
  }
  assert.match(await page.locator('main').textContent() ?? '', /Azulejo poster/);
  assert.equal((await shop.orders())[0].payment, 'paid');
}, { javaScriptEnabled: false });

journey('a price that changed is said, and not charged', async () => {
  await fill(page, [{ sku: 'TS-DIG-WALL', title: 'Phone wallpapers' }]);
  await page.goto('/checkout/');
  await toPayment();
  await page.locator('[data-pay]').filter({ hasText: '6' }).waitFor();
  // The page has priced its cart; the editor's change reaches the checkout, not the page.
  await page.route('**/_shopfront/**', (route) => route.abort());
  const file = join(shop.folder, 'products/digital/wallpaper-pack.yaml');
  const text = readFileSync(file, 'utf8');
  const before = (await shop.orders()).length;
  await page.evaluate(() => Object.defineProperty(window, 'stay', { value: true }));
  try {
    writeFileSync(file, text.replace('EUR: "6.00"', 'EUR: "7.50"'));
    for (let tries = 0; tries < 60; tries += 1) {
      const { body } = await shop.api('/quote', { lines: [{ sku: 'TS-DIG-WALL', quantity: 1 }] });
      if (body.due === 750) break;
      await page.waitForTimeout(250);
    }
    // The rebuilt site reloads the page, which then knows the new price: the old total is what this shopper saw.
    const answer = await shop.api('/checkout', {
      lines: [{ sku: 'TS-DIG-WALL', quantity: 1 }], country: 'PT', email: 'mira@example.com', accept_terms: true, gateway: 'sandbox',
      expected_total: 600, idempotency_key: crypto.randomUUID(),
    });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.code, 'price_changed');
    assert.equal(answer.body.quote.due, 750);
    assert.equal((await shop.orders()).length, before, 'nothing was ordered');
  } finally {
    writeFileSync(file, text);
  }
});

journey('a price that changes between the quote and the payment is told on the page', async () => {
  await fill(page, [{ sku: 'TS-DIG-WALL', title: 'Phone wallpapers' }]);
  // The preview's own channel would reload the page; a deployed shop has none.
  await page.route('**/_shopfront/**', (route) => route.abort());
  // What the page was told a moment ago is no longer true.
  await page.route('**/api/quote', async (route) => {
    const response = await route.fetch();
    const quote = await response.json();
    await route.fulfill({ response, json: { ...quote, due: quote.due - 100, total: quote.total - 100 } });
  });
  await page.goto('/checkout/');
  await toPayment();
  await page.locator('[data-pay]').filter({ hasText: '5' }).waitFor();
  await page.waitForTimeout(400);
  const before = (await shop.orders()).length;
  await page.locator('[data-pay]').click();
  await says('.error-summary', /changed from .*5.*to .*6/);
  assert.match(page.url(), /\/checkout\/$/);
  assert.equal(await due(), 600, 'the true total is shown');
  assert.equal((await shop.orders()).length, before);
});

journey('with the keyboard alone', async () => {
  await page.goto(POSTER.page);
  await page.waitForFunction(() => !!customElements.get('product-form'));
  const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
  await page.keyboard.press('Tab');
  assert.match(await focused(), /skip/);
  await page.keyboard.press('Enter');
  for (let presses = 0; !(await focused()).includes('buy__button'); presses += 1) {
    assert.ok(presses < 30, 'the button is out of reach');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.locator('.drawer[open]').waitFor();
  assert.equal(await page.evaluate(() => !!document.activeElement?.closest('.drawer')), true, 'the focus is in the drawer');
  await page.keyboard.press('Escape');
  await page.locator('.drawer:not([open])').waitFor({ state: 'attached' });
  assert.match(await focused(), /buy__button/, 'the focus is back');
});

/** Changes a file of the shop and puts it back afterwards. @param {string} path @param {(text: string) => string} edit @param {(mend: () => void) => Promise<void>} look */
async function edited(path, edit, look) {
  const file = join(shop.folder, path);
  const text = readFileSync(file, 'utf8');
  const mend = () => writeFileSync(file, text);
  try {
    assert.notEqual(edit(text), text);
    writeFileSync(file, edit(text));
    await look(mend);
  } finally {
    mend();
    await page.waitForTimeout(1000);
  }
}

journey('an editor’s mistake lies over the page until it is mended', async () => {
  await page.goto(POSTER.page);
  await page.waitForTimeout(500);
  await edited('products/paper/posters/azulejo-poster.yaml', (text) => text.replace('brand: Tessel', 'brandd: Tessel'), async (mend) => {
    const overlay = page.getByRole('alertdialog');
    await overlay.waitFor();
    const said = await overlay.textContent() ?? '';
    assert.match(said, /azulejo-poster\.yaml:\d+:\d+/);
    assert.match(said, /brandd/);
    assert.equal(await page.locator('h1').textContent(), POSTER.title, 'the page stays');
    mend();
    await overlay.waitFor({ state: 'detached' });
  });
});

journey('an edit of the style sheets is seen without a reload, one of a text with', async () => {
  await page.goto('/about/');
  await page.waitForTimeout(500);
  await page.evaluate(() => { Object.assign(window, { marker: true }); });
  const marker = () => page.evaluate(() => 'marker' in window);
  await edited('themes/default/assets/css/reset.css', (text) => `${text}\n@layer reset { body { outline: 3px solid rgb(1, 2, 3); } }\n`, async () => {
    await page.waitForFunction(() => getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)');
    assert.equal(await marker(), true);
  });
  await edited('content/about.md', (text) => `${text}\n\nA sentence of the journey.\n`, async () => {
    await says('main', 'A sentence of the journey.');
    assert.equal(await marker(), false);
  });
});
