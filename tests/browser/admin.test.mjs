// The editor in the browser, under the preview: what is edited is in the file, on the page and in the quote, and nothing else moves.

import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ARTIFACTS, launch, open, shopper } from './shop.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PARTS = ['shop.yaml', 'discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes'];
const MUG = 'products/kitchen/mugs/azulejo-mug.yaml';
const CUP = 'products/kitchen/mugs/cup.yaml';
/** As nobody would write it, and as it has to stay. */
const CUP_TEXT = `# A cup with awkward words.
title:   Cup
price: {EUR: 24.90, USD: 27.00}   # two decimals

options:
    Handle: [no, 'yes']
variants:
    - {sku: 007, options: {Handle: no}, stock: 3}   # none
    - {sku: 008, options: {Handle: 'yes'}, stock: 4}
`;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string[]} Addresses that were asked for at another host. */
const elsewhere = [];
/** @type {string[]} What the browser complained of. */
const complaints = [];

before(async () => {
  [shop, browser] = await Promise.all([
    open({ make(folder) {
      for (const part of PARTS) if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
      writeFileSync(join(folder, CUP), CUP_TEXT);
    } }),
    launch(),
  ]);
  const context = await shopper(browser, shop, { viewport: { width: 1400, height: 1000 } });
  page = await context.newPage();
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== shop.base) elsewhere.push(request.url());
  });
  page.on('console', (message) => { if (/Content Security Policy|CSP/i.test(message.text())) complaints.push(message.text()); });
  // A save that the editor's program holds back ends with a rejection that says nothing.
  page.on('pageerror', (error) => { if (String(error) !== 'undefined') complaints.push(String(error)); });
  page.on('dialog', (dialog) => { dialog.accept().catch(() => {}); });
  await page.goto('/admin/');
  await page.getByRole('button', { name: 'Login' }).click();
  await page.getByRole('heading', { name: 'Collections' }).first().waitFor();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** @param {string} path */
const file = (path) => readFileSync(join(shop.folder, path), 'utf8');

/** Asks again until it is so. @param {() => Promise<boolean> | boolean} is @param {string} what */
async function until(is, what) {
  for (let round = 0; round < 400; round += 1) {
    if (await is()) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail(what);
}

/** Opens an entry. @param {string} collection @param {string} slug */
async function edit(collection, slug) {
  await page.goto(`/admin/#/collections/${collection}/entries/${slug}`);
  await page.reload();
  await page.getByRole('button', { name: /Publish|Published/ }).first().waitFor();
}

/** Saves what is open, and waits until the server has it. */
async function save() {
  const answered = page.waitForResponse((response) => response.url().endsWith('/admin/api') && /"persistEntry"/.test(response.request().postData() ?? ''));
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Publish now', { exact: true }).click();
  const answer = await answered;
  return { status: answer.status(), body: await answer.json() };
}

/** What belongs to a label, with its fields where there are some. @param {string} label */
const control = (label) => page.locator('label', { hasText: new RegExp(`^${label}( \\(optional\\))?$`) }).first().locator('xpath=../..');

/** A field's input by its label. @param {string} label @param {import('playwright-core').Locator | import('playwright-core').Page} [within] */
const field = (label, within = page) => within.getByLabel(new RegExp(`^${label}( \\(optional\\))?$`)).first();

/** Opens what is folded. @param {string} label */
async function unfold(label) {
  const found = control(label);
  await found.getByRole('button', { name: 'Expand' }).first().click();
  return found;
}

/** The text of a page, as Markdown. */
const markdown = () => control('Text').locator('[contenteditable=true]').first();

test('a price that is changed is in the file, on the page and in the quote, and nothing else moves', { timeout: 120_000 }, async () => {
  await shop.proven();
  await edit('products', 'kitchen/mugs/cup');
  const price = await unfold('Price');
  assert.equal(await field('EUR', price).inputValue(), '24.90');
  await field('EUR', price).fill('26.50');
  assert.deepEqual(await save(), { status: 200, body: { message: 'entry persisted' } });
  assert.equal(file(CUP), CUP_TEXT.replace('price: {EUR: 24.90, USD: 27.00}', 'price: {EUR: "26.50", USD: 27.00}'));
  await until(async () => (await (await fetch(`${shop.base}/products/cup/`)).text()).includes('26.50'), 'the page shows it');
  const quoted = async () => (await shop.api('/quote', { lines: [{ sku: '007', quantity: 2 }], currency: 'EUR', country: 'PT' })).body;
  await until(async () => (await quoted()).lines?.[0]?.unit_price === 2650, 'the quote charges it');
});

test('a bad price is refused with what is wrong, and the file stays', { timeout: 60_000 }, async () => {
  const had = file(CUP);
  await edit('products', 'kitchen/mugs/cup');
  await field('EUR', await unfold('Price')).fill('26,50');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Publish now', { exact: true }).click();
  await page.getByText(/digits with a point, such as 24\.90/).first().waitFor();
  assert.equal(file(CUP), had);
});

test('a page’s text is changed as it was typed', { timeout: 120_000 }, async () => {
  const had = file('content/about.md');
  await edit('pages', 'about');
  await markdown().getByText('[the address is here](contact.md).').click();
  // The editor's program takes a moment to see where the cursor is.
  await page.waitForTimeout(500);
  await page.keyboard.press('End');
  await page.waitForTimeout(500);
  await page.keyboard.type(' Written in the browser.');
  assert.equal((await save()).status, 200);
  const now = file('content/about.md');
  assert.equal(now, `${had.trimEnd()} Written in the browser.\n`);
  await until(async () => (await (await fetch(`${shop.base}/about/`)).text()).includes('Written in the browser.'), 'the page shows it');
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, 'admin-wide.png') });
});

test('Arabic begins at the right while it is typed', { timeout: 120_000 }, async () => {
  await page.goto('/admin/#/collections/pages/new');
  await page.reload();
  await field('Title').fill('من نحن؟');
  const fields = await page.locator('input[type=text], textarea, [contenteditable=true]').evaluateAll((all) => all.map((each) => {
    const { unicodeBidi, textAlign } = getComputedStyle(each);
    return `${each.tagName} ${unicodeBidi} ${textAlign}`;
  }));
  assert.ok(fields.some((each) => each.startsWith('INPUT')) && fields.some((each) => each.startsWith('DIV')), fields.join());
  assert.deepEqual(fields.filter((each) => !each.endsWith(' plaintext start')), []);
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTIFACTS, 'admin-arabic.png') });
});

test('a new page is made in the house’s form', { timeout: 120_000 }, async () => {
  await page.goto('/admin/#/collections/pages/new');
  await page.reload();
  await field('Title').fill('Opening: hours');
  await markdown().click();
  await page.keyboard.type('Every day.');
  assert.equal((await save()).status, 200);
  assert.equal(file('content/opening-hours.md'), '---\ntitle: "Opening: hours"\n---\n\nEvery day.\n');
  await until(async () => (await fetch(`${shop.base}/opening-hours/`)).status === 200, 'the page is there');
});

test('a new product is made in its category, moved, and removed with its translation', { timeout: 120_000 }, async () => {
  await page.goto('/admin/#/collections/products/new');
  await page.reload();
  await field('Category').fill('kitchen/mugs');
  await field('Title').fill('Tall Cup');
  const price = await unfold('Price');
  await field('EUR', price).fill('12.00');
  await field('USD', price).fill('13');
  await field('Stock').fill('7');
  assert.equal((await save()).status, 200);
  const made = 'products/kitchen/mugs/tall-cup.yaml';
  assert.equal(file(made), 'title: Tall Cup\nprice: {EUR: "12.00", USD: "13"}\nstock: 7\n');
  await until(async () => (await fetch(`${shop.base}/products/tall-cup/`)).status === 200, 'its page is there');

  writeFileSync(join(shop.folder, 'products/kitchen/mugs/tall-cup.de.yaml'), 'title: Hohe Tasse\n');
  await edit('products', 'kitchen/mugs/tall-cup');
  await field('Category').fill('kitchen');
  assert.equal((await save()).status, 200);
  assert.equal(existsSync(join(shop.folder, made)), false);
  assert.equal(file('products/kitchen/tall-cup.yaml'), 'title: Tall Cup\nprice: {EUR: "12.00", USD: "13"}\nstock: 7\n');
  assert.equal(file('products/kitchen/tall-cup.de.yaml'), 'title: Hohe Tasse\n');

  await edit('products', 'kitchen/tall-cup');
  await page.getByRole('button', { name: 'Delete entry' }).click();
  await until(() => !existsSync(join(shop.folder, 'products/kitchen/tall-cup.yaml')), 'it is gone');
  await until(() => !existsSync(join(shop.folder, 'products/kitchen/tall-cup.de.yaml')), 'and so is its translation');
  await page.waitForURL((url) => !url.hash.includes('/entries/'));
});

test('a picture is uploaded beside its product', { timeout: 120_000 }, async () => {
  const picture = join(shop.folder, 'Upload Ä.jpg');
  copyFileSync(join(ROOT, 'products/kitchen/mugs/azulejo-mug.jpg'), picture);
  await edit('products', 'kitchen/mugs/cup');
  await page.getByRole('button', { name: /Add images/i }).click();
  await page.getByRole('button', { name: /Choose an image/i }).first().click();
  await page.locator('input[type=file]').last().setInputFiles(picture);
  await page.getByText('upload-a.jpg').first().waitFor();
  await page.getByRole('button', { name: /Choose selected/i }).click();
  await field('Alt').fill('A cup');
  assert.equal((await save()).status, 200);
  assert.deepEqual(readFileSync(join(shop.folder, 'products/kitchen/mugs/upload-a.jpg')), readFileSync(picture));
  assert.match(file(CUP), /images:\n {2}- \{file: upload-a\.jpg, alt: A cup\}\n/);
  assert.match(file(CUP), /- \{sku: 007, options: \{Handle: no\}, stock: 3\} {3}# none/, 'nothing else moves');
});

test('specifications and options are edited in their own widget', { timeout: 120_000 }, async () => {
  const had = file(MUG);
  await edit('products', 'kitchen/mugs/azulejo-mug');
  const added = page.getByRole('button', { name: 'Add to specifications' });
  await added.scrollIntoViewIfNeeded();
  await added.click();
  await page.getByLabel(/^Specifications: name/).last().fill('No.');
  await page.getByLabel(/^Specifications: value/).last().fill('007');
  assert.equal((await save()).status, 200);
  const now = file(MUG);
  assert.deepEqual(now.split('\n').filter((line) => !had.split('\n').includes(line)), ['  No.: "007"']);
  assert.deepEqual(had.split('\n').filter((line) => !now.split('\n').includes(line)), []);
});

test('a comma within an option’s value stays there', { timeout: 120_000 }, async () => {
  const bottle = 'products/kitchen/mugs/bottle.yaml';
  const text = 'title: Bottle\nprice: {EUR: "9.00", USD: "9.00"}\noptions: {Size: ["1,5 l", 2 l], Colour: [red]}\nvariants:\n'
    + ['1,5 l', '2 l'].map((size, at) => `  - {sku: BO-${at}, options: {Size: "${size}", Colour: red}}\n`).join('');
  writeFileSync(join(shop.folder, bottle), text);
  await edit('products', 'kitchen/mugs/bottle');
  assert.equal(await page.getByLabel('Options: value 1').first().inputValue(), '1\\,5 l, 2 l');
  await page.getByLabel('Options: value 2').first().fill('red, blue');
  assert.equal((await save()).status, 200);
  assert.equal(file(bottle), text.replace('Colour: [red]', 'Colour: [red, blue]'));
  await page.getByLabel('Options: value 1').first().fill('1\\,5 l, 2 l, 2\\,5 l');
  assert.equal((await save()).status, 200);
  assert.equal(file(bottle), text.replace('Size: ["1,5 l", 2 l], Colour: [red]', 'Size: ["1,5 l", 2 l, "2,5 l"], Colour: [red, blue]'));
});

test('a translation that is not written yet begins with its original’s title', { timeout: 120_000 }, async () => {
  assert.equal(existsSync(join(shop.folder, 'products/kitchen/mugs/cup.de.yaml')), false);
  await edit('products-de', 'kitchen/mugs/cup');
  assert.equal(await field('Title').inputValue(), 'Cup');
  await field('Title').fill('Tasse');
  assert.equal((await save()).status, 200);
  assert.equal(file('products/kitchen/mugs/cup.de.yaml'), 'title: Tasse\n');
  await until(async () => (await (await fetch(`${shop.base}/de/products/cup/`)).text()).includes('Tasse'), 'the page shows it');
});

test('the settings keep their comments', { timeout: 120_000 }, async () => {
  const had = file('shop.yaml');
  await edit('settings', 'shop');
  await page.getByLabel('Tagline: en').fill('Patterns for every day');
  assert.equal((await save()).status, 200);
  assert.equal(file('shop.yaml'), had.replace('en: Patterned things for every day', 'en: Patterns for every day'));
});

test('a git host is not given what was emptied', { timeout: 120_000 }, async () => {
  // Decap's own host for trials keeps files in the page.
  await page.route('**/admin/config.json', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...await answer.json(), backend: { name: 'test-repo' } } });
  });
  await page.goto('/admin/#/collections/pages/new');
  await page.evaluate(() => { localStorage.clear(); });
  await page.reload();
  await page.getByRole('button', { name: 'Login' }).click();
  await field('Title').fill('Kept');
  await field('Summary').fill('Written and emptied');
  await field('Summary').fill('');
  await field('Tags').fill('one');
  await field('Tags').fill('');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Publish now', { exact: true }).click();
  // @ts-expect-error -- where that host keeps its files
  await until(() => page.evaluate(() => window.repoFiles?.content?.['kept.md']?.content !== undefined), 'it is saved');
  // @ts-expect-error -- the same
  assert.equal(await page.evaluate(() => window.repoFiles.content['kept.md'].content), '---\ntitle: Kept\n---\n');
  await page.unroute('**/admin/config.json');
  await page.evaluate(() => { localStorage.clear(); });
});

test('only the editor’s own page may write', async () => {
  const ask = (/** @type {Record<string, string>} */ headers, body = '{"action":"info"}') => fetch(`${shop.base}/admin/api`, { method: 'POST', body, headers });
  const json = { 'content-type': 'application/json' };
  assert.equal((await ask(json)).status, 200);
  assert.equal((await ask({ ...json, origin: 'https://evil.example' })).status, 403);
  assert.equal((await ask({ 'content-type': 'text/plain' })).status, 403);
  assert.equal((await ask({ ...json, 'x-forwarded-for': '10.0.0.1' })).status, 403);
  const outside = { action: 'getEntry', params: { path: '../outside.yaml' } };
  const refused = await ask(json, JSON.stringify(outside));
  assert.deepEqual([refused.status, await refused.json()], [422, { error: '`../outside.yaml` is no path in the shop\'s folder' }]);
  const shown = await fetch(`${shop.base}/admin/`);
  assert.match(shown.headers.get('content-security-policy') ?? '', /'unsafe-eval'.*frame-ancestors 'none'/);
  assert.match(shown.headers.get('x-robots-tag') ?? '', /noindex/);
  const other = await fetch(`${shop.base}/`);
  assert.doesNotMatch(other.headers.get('content-security-policy') ?? '', /unsafe/);
});

test('no request left for another host, and the policy was enough', () => {
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(complaints, []);
});
