// Filtering the sample shop: in the address, back and forth, by keyboard, aloud, on narrow and wide pages, without JavaScript, offline.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, open, shopper } from './shop.mjs';

/** @import { Browser, BrowserContextOptions, Page } from 'playwright-core' */

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const NARROW = { width: 320, height: 700 };

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
  const context = await shopper(browser, shop, { viewport: { width: 1280, height: 900 }, ...wishes });
  page = await context.newPage();
  try {
    await walk();
  } finally {
    await context.close();
  }
});

const titles = () => page.locator('.listing .card__title').allTextContents();
/** Ends when so much is said of the list. @param {string} words */
const says = (words) => page.locator('[data-count]').filter({ hasText: new RegExp(`^${words}$`) }).waitFor();
const said = (/** @type {RegExp} */ words) => page.getByRole('status').filter({ hasText: words }).waitFor({ state: 'attached' });
const query = () => new URL(page.url()).search;
/** A choice, by its name. @param {string} name */
const choice = (name) => page.getByRole('checkbox', { name: new RegExp(`^${name} \\d+$`) });
/** How many products a choice would leave. @param {string} name */
const left = async (name) => Number(await page.locator('.check', { hasText: name }).first().locator('[data-n]').textContent());

async function accessible() {
  await page.evaluate(AXE);
  // @ts-expect-error axe is the page's own
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0]?.html}`), []);
}

journey('choices narrow the list, stand in the address, and are taken back', async () => {
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => { if (/filters/.test(request.url())) fetched.push(new URL(request.url()).pathname); });
  await page.goto('/products/', { waitUntil: 'networkidle' });
  const all = await titles();
  assert.equal(all.length, 24);
  await says('36 products');
  assert.deepEqual(fetched.filter((path) => path.endsWith('json')), [], 'nothing is fetched before somebody filters');
  const mugs = await left('250 ml');
  await choice('250 ml').check();
  await says(`${mugs} products`);
  assert.equal(query(), '?size=250-ml');
  assert.ok((await titles()).every((title) => /mug/i.test(title)), String(await titles()));
  assert.equal(await left('350 ml'), 4, 'what is beside a choice is counted as if there were none');
  assert.equal(await left('Sand'), 0);
  assert.equal(await left('Teal'), 1);
  await choice('Teal').check();
  await says('1 product');
  assert.equal(query(), '?size=250-ml&rim=teal');
  await page.getByRole('button', { name: 'Remove the filter ‘250 ml’' }).click();
  await page.waitForFunction(() => location.search === '?rim=teal');
  await page.goBack();
  await page.goBack();
  await says(`${mugs} products`);
  assert.ok(await choice('250 ml').isChecked() && !await choice('Teal').isChecked());
  await page.goBack();
  await says('36 products');
  assert.deepEqual(await titles(), all, 'the page is as it came');
  await page.goForward();
  await says(`${mugs} products`);
  await page.reload();
  await says(`${mugs} products`);
  assert.ok(await choice('250 ml').isChecked());
  await page.getByRole('button', { name: 'Clear all' }).click();
  await says('36 products');
  assert.equal(query(), '');
  assert.deepEqual(await titles(), all);
});

journey('cards that are left are those of the page', async () => {
  await page.goto('/categories/kitchen/mugs/');
  const html = () => page.locator('.listing .cards > li').evaluateAll((items) => items.map((item) => {
    for (const badge of item.querySelectorAll('stock-badge')) badge.textContent = '';
    // The first pictures of a page are fetched first.
    return item.innerHTML.replaceAll(/ (loading="lazy"|fetchpriority="high")/g, '').trim();
  }));
  const before = await html();
  await page.goto('/categories/kitchen/mugs/?sort=new');
  await page.waitForFunction(() => document.querySelector('product-list')?.isOther);
  assert.deepEqual(await html(), before);
});

journey('prices, stock, order, and nothing at all', async () => {
  await page.goto('/products/?price=20-30&available&sort=cheap');
  await page.locator('.chip').filter({ hasText: 'Price €20.00 – €30.00' }).waitFor();
  const prices = await page.locator('.listing .card').evaluateAll((cards) => cards.map((card) => Number(card.dataset.price)));
  assert.ok(prices.length > 3 && prices.every((price, n) => price >= (prices[n - 1] ?? 0)), String(prices));
  assert.equal(await page.getByRole('combobox', { name: 'Sort' }).inputValue(), 'cheap');
  const [from, to] = [page.getByRole('textbox', { name: 'From' }).first(), page.getByRole('textbox', { name: 'To' }).first()];
  assert.deepEqual([await from.inputValue(), await to.inputValue()], ['20', '30']);
  await to.fill('20,5');
  await to.press('Tab');
  await page.waitForFunction(() => location.search === '?available&price=20-20.5&sort=cheap');
  await from.fill('1000');
  await to.fill('');
  await to.press('Enter');
  await page.getByText('Nothing here matches all of these filters.').first().waitFor();
  assert.deepEqual(await titles(), []);
  await said(/Nothing here matches/);
  await page.locator('[data-none]').getByRole('button', { name: 'Clear all' }).click();
  await says('36 products');
  assert.equal(query(), '?sort=cheap');
  // In another currency the limit would be another one.
  await from.fill('30');
  await from.press('Tab');
  await page.locator('.chip').filter({ hasText: 'Price from €30.00' }).waitFor();
  await page.getByRole('banner').getByRole('combobox', { name: 'Currency' }).selectOption('USD');
  await page.locator('.listing .price').first().filter({ hasText: '$' }).waitFor();
  await page.waitForFunction(() => location.search === '?sort=cheap');
  await page.getByText('Price (USD)').waitFor();
  await said(/meant for the other currency/);
  // The cards that the page came with were away when the currency changed.
  await page.getByRole('combobox', { name: 'Sort' }).selectOption('');
  await page.waitForFunction(() => location.search === '');
  await page.waitForFunction(() => [...document.querySelectorAll('.listing .price')].every((price) => price.textContent?.includes('$')));
});

journey('what nobody could have chosen is taken away, and what is no number is told', async () => {
  await page.goto('/products/?tags=nonsense&tags=gift&utm=a');
  await says('21 products');
  assert.equal(query(), '?utm=a&tags=gift');
  await page.goto('/products/?tags=nonsense');
  await says('36 products');
  assert.equal(query(), '');
  assert.equal(await page.locator('[data-active]').textContent(), '');
  const to = page.getByRole('textbox', { name: 'To' }).first();
  await to.fill('cheap');
  await to.press('Tab');
  await said(/Please write a number/);
  assert.equal(await to.inputValue(), 'cheap');
  assert.equal(await to.getAttribute('aria-invalid'), 'true');
  const message = page.locator('[data-panel]').getByText('Please write a number, such as 20.');
  const [below, field] = await Promise.all([message.boundingBox(), to.boundingBox()]);
  assert.ok((below?.y ?? 0) >= (field?.y ?? 0) + (field?.height ?? 0), 'it is told below the field');
  assert.ok(!await to.evaluate((element) => element === document.activeElement), 'who goes on is not held back');
  assert.equal(query(), '');
  // All else still filters, and is sorted; what was typed stays until it is mended.
  await page.getByRole('combobox', { name: 'Sort' }).selectOption('cheap');
  await choice('Sand').check();
  await says('1 product');
  assert.equal(query(), '?colour=sand&sort=cheap');
  assert.equal(await to.inputValue(), 'cheap');
  await choice('Sand').uncheck();
  await says('36 products');
  await page.getByRole('combobox', { name: 'Sort' }).selectOption('');
  await to.press('Enter');
  assert.ok(await to.evaluate((element) => element === document.activeElement), 'who asks for the products is led to it');
  await to.fill('€ 20');
  await to.press('Tab');
  await page.waitForFunction(() => location.search === '?price=-20');
  assert.equal(await to.inputValue(), '20');
  assert.equal(await to.getAttribute('aria-invalid'), null);
  assert.equal(await message.count(), 0);
});

journey('what is being typed stays while prices change', async () => {
  await page.goto('/products/');
  const from = page.getByRole('textbox', { name: 'From' }).first();
  await from.pressSequentially('1');
  await page.evaluate(() => document.dispatchEvent(new CustomEvent('price:change')));
  await from.pressSequentially('5');
  assert.equal(await from.inputValue(), '15');
  await from.press('Tab');
  await page.waitForFunction(() => location.search === '?price=15-');
});

journey('a part that a template lacks is told as that', async () => {
  await page.route('**/products/', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replace(' data-active>', '>') });
  });
  const told = page.waitForEvent('pageerror');
  await page.goto('/products/');
  await choice('Sand').check();
  assert.match((await told).message, /the template has no \[data-active\]/);
  assert.doesNotMatch(await page.locator('[data-count]').textContent() ?? '', /do not answer/);
});

journey('the whole list is sorted, and more of it shown', async () => {
  await page.goto('/products/');
  await page.getByRole('combobox', { name: 'Sort' }).selectOption('name');
  await page.waitForFunction(() => location.search === '?sort=name');
  await page.waitForFunction(() => document.querySelector('.card__title')?.textContent?.startsWith('A'));
  const first = await titles();
  assert.equal(first.length, 24);
  assert.deepEqual(first, [...first].sort((a, b) => a.localeCompare(b, 'en')));
  assert.ok(!await page.locator('.pagination').isVisible());
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 36);
  const [next] = (await titles()).slice(24);
  await page.waitForFunction((title) => document.activeElement?.textContent === title, next);
  await page.locator('.card a').last().click();
  await page.waitForURL('**/products/*/');
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 36);
  await page.goto('/products/page/2/');
  await choice('Sand').check();
  await page.waitForURL('**/products/?colour=sand');
  await says('1 product');
});

journey('by keyboard, and aloud', async () => {
  await page.goto('/products/');
  await choice('Available now').focus();
  await page.keyboard.press('Space');
  await said(/^\d+ products$/);
  assert.ok(await choice('Available now').evaluate((element) => element === document.activeElement), 'who chooses stays there');
  const chip = page.getByRole('button', { name: 'Remove the filter ‘Available now’' });
  await chip.focus();
  await page.keyboard.press('Enter');
  await says('36 products');
  assert.ok(await page.evaluate(() => document.activeElement?.matches('[data-count]')), 'the focus does not get lost with the button');
});

for (const [name, viewport, colorScheme] of /** @type {const} */ ([['wide, light', { width: 1280, height: 900 }, 'light'], ['narrow, dark', NARROW, 'dark']])) {
  journey(`without a flaw that axe can find: ${name}`, async () => {
    await page.goto('/products/?available&colour=sand&price=5-200');
    await says('\\d+ products?');
    await page.evaluate(() => { /** @type {HTMLDetailsElement} */ (document.querySelector('[data-panel]')).open = true; });
    await accessible();
    await page.goto('/products/?price=1-2');
    await says('0 products');
    await accessible();
  }, { viewport, colorScheme });
}

journey('a narrow page has the panel above the list', async () => {
  await page.goto('/products/');
  assert.ok(!await choice('Sand').isVisible());
  await page.locator('[data-panel] summary').click();
  await choice('Sand').check();
  await says('1 product');
  await page.getByRole('button', { name: 'Show 1 product' }).click();
  assert.ok(!await choice('Ink').isVisible());
  await page.locator('[data-active]').filter({ hasText: '1' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
}, { viewport: NARROW });

journey('in German, with what is named there', async () => {
  await page.goto('/de/products/');
  await choice('Sofort lieferbar').check();
  await page.locator('[data-count]').filter({ hasText: /^\d+ Produkte$/ }).waitFor();
  assert.equal(query(), '?available');
  for (const href of await page.locator('.card a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))) assert.match(href ?? '', /^\/de\//);
});

journey('without JavaScript there is the list, and ways to narrow it', async () => {
  await page.goto('/products/?colour=sand');
  assert.equal((await titles()).length, 24);
  assert.ok(!await page.locator('[data-panel]').isVisible() && !await page.getByRole('combobox', { name: 'Sort' }).isVisible());
  await page.locator('.pagination').getByRole('link', { name: 'Page 2' }).click();
  await page.waitForURL('**/products/page/2/');
  await page.locator('main').getByRole('link', { name: /^Azulejo \d+$/ }).click();
  await page.waitForURL('**/collections/tiles/');
}, { javaScriptEnabled: false });

journey('offline it says so, and answers when the connection is back', async () => {
  await page.goto('/products/');
  await page.context().setOffline(true);
  await choice('Sand').check();
  await says('You seem to be offline. Please try again in a moment.');
  await page.context().setOffline(false);
  await choice('Ink').check();
  await says('\\d+ products?');
});
