// Searching the sample shop: as one types, by keyboard, aloud, in German, with mistakes, without JavaScript, offline.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
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
  page = await context.newPage();
  try {
    await walk();
  } finally {
    await context.close();
  }
});

const input = () => page.getByRole('searchbox');
const titles = () => page.locator('.hit__title').allTextContents();
/** Ends when so much is said of the results. @param {RegExp} words */
const says = (words) => page.locator('[data-summary]').filter({ hasText: words }).waitFor();
const focused = () => page.evaluate(() => document.activeElement?.textContent);

journey('from the header to a product, as one types', async () => {
  await page.goto('/');
  await page.getByRole('banner').getByRole('link', { name: 'Search' }).click();
  await page.waitForURL('**/search/');
  assert.equal(await page.getByRole('banner').getByRole('link', { name: 'Search' }).getAttribute('aria-current'), 'page');
  assert.ok(await input().evaluate((element) => element === document.activeElement), 'one can type at once');
  await page.keyboard.type('azulejo mu');
  await says(/^\d+ results? for ‘azulejo mu’/);
  assert.equal((await titles())[0], 'Azulejo mug');
  const hit = page.locator('.hit').first();
  assert.match(await hit.locator('.price').innerText(), /€\d+/);
  assert.ok(await hit.locator('img').getAttribute('src'));
  await page.waitForURL('**/search/?q=azulejo+mu', { waitUntil: 'commit' });
  await hit.getByRole('link').click();
  await page.waitForURL('**/products/azulejo-mug/');
  await page.goBack({ waitUntil: 'commit' });
  await says(/^\d+ results? for ‘azulejo mu’/);
  assert.equal(await input().inputValue(), 'azulejo mu');
});

journey('by keyboard, and aloud', async () => {
  await page.goto('/search/?q=poster');
  await says(/^\d+ results for ‘poster’/);
  const said = page.getByRole('status');
  await said.filter({ hasText: /results for ‘poster’/ }).waitFor();
  const found = await titles();
  await input().focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), found[0]);
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), found[1]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  assert.ok(await input().evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), found[0], 'results are links like others');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('xylophone');
  await said.filter({ hasText: /Nothing was found for ‘xylophone’/ }).waitFor();
  assert.deepEqual(await titles(), []);
  assert.ok(await page.getByRole('navigation', { name: 'Or look around' }).getByRole('link', { name: 'Kitchen' }).isVisible());
});

journey('more results take the focus along', async () => {
  await page.goto('/search/?q=pattern');
  await says(/^\d{2,} results/);
  assert.equal((await titles()).length, 10);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.locator('.hit').nth(10).waitFor();
  const found = await titles();
  assert.ok(found.length > 10);
  await page.waitForFunction((title) => document.activeElement?.textContent === title, found[10]);
});

journey('mistakes are forgiven, pages and posts are found', async () => {
  await page.goto('/search/?q=azuljeo');
  await says(/results for ‘azuljeo’\. Similar words/);
  assert.match((await titles()).join(), /Azulejo/);
  await input().fill('enamel');
  await says(/for ‘enamel’/);
  await page.locator('.hit--post').first().waitFor();
  await input().fill('mugs');
  await says(/for ‘mugs’/);
  assert.equal((await titles())[0], 'Mugs');
  assert.match(await page.locator('.hit').first().innerText(), /Category · \d+ products/);
});

journey('prices follow the choice of currency', async () => {
  await page.goto('/search/?q=tideline+mug');
  await page.locator('.hit .price').first().filter({ hasText: '€' }).waitFor();
  await page.getByRole('banner').getByRole('combobox', { name: 'Currency' }).selectOption('USD');
  await page.locator('.hit .price').first().filter({ hasText: '$' }).waitFor();
});

journey('in German', async () => {
  await page.goto('/de/');
  await page.getByRole('banner').getByRole('link', { name: 'Suche' }).click();
  await page.waitForURL('**/de/search/');
  await page.keyboard.type('Becher');
  await says(/Ergebnisse für ‚Becher‘/);
  for (const href of await page.locator('.hit a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))) assert.match(href ?? '', /^\/de\//);
});

journey('without JavaScript the page says so, and leads to the categories', async () => {
  await page.goto('/search/?q=mug');
  await page.getByText('The search needs JavaScript').waitFor();
  assert.ok(!await page.locator('[data-summary]').isVisible());
  await page.getByRole('navigation', { name: 'Or look around' }).getByRole('link', { name: 'Kitchen' }).click();
  await page.waitForURL('**/categories/kitchen/');
  await page.goto('/search/');
  await input().fill('mug');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL('**/search/?q=mug');
}, { javaScriptEnabled: false });

journey('without its script the page still leads to the categories', async () => {
  await page.route(/\/site-search\..*\.js$/, (route) => route.abort());
  await page.goto('/search/?q=mug');
  const ways = page.getByRole('navigation', { name: 'Or look around' });
  const room = await page.locator('.search__ways').evaluate((element) => element.getBoundingClientRect().height);
  assert.ok(room > 0, 'its room is kept');
  await ways.getByRole('link', { name: 'Kitchen' }).click();
  await page.waitForURL('**/categories/kitchen/');
});

journey('offline it says so, and answers when the connection is back', async () => {
  await page.goto('/search/');
  await page.context().setOffline(true);
  await input().fill('twill');
  await says(/seem to be offline/);
  await page.context().setOffline(false);
  await input().fill('twill ');
  await says(/results for ‘twill’/);
});

journey('a narrow page has room for it, and in a language that is read from the right', async () => {
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto('/search/?q=notebook');
  await page.locator('.hit').first().waitFor();
  const overflows = () => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  assert.ok(!await overflows());
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  assert.ok(!await overflows());
  const [picture, title] = await Promise.all(['.hit__picture', '.hit__title'].map((part) => page.locator(part).first().boundingBox()));
  assert.ok((picture?.x ?? 0) > (title?.x ?? 0), 'pictures stand at the beginning of a line');
});

journey('a first query fetches little, and nothing from another host', async () => {
  /** @type {Map<string, Promise<Buffer>>} */
  const fetched = new Map();
  page.on('request', (request) => assert.equal(new URL(request.url()).origin, shop.base));
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/\/search\/.*\.(json|txt)$/.test(pathname)) fetched.set(pathname, response.body());
  });
  await page.goto('/search/?q=tideline');
  await says(/results for/);
  let bytes = 0;
  for (const body of fetched.values()) bytes += gzipSync(await body).length;
  assert.ok(fetched.size >= 4 && bytes > 0 && bytes < 30_000, `${bytes} bytes in ${fetched.size} files: ${[...fetched.keys()]}`);
});
