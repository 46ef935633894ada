// The HTML of everything that shoppers and merchants are shown has no fault that outside judges know: as the generator and the checkout
// write it, and as it stands after the scripts ran.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addBlocks } from './every-block.mjs';
import { htmlValidate, noNu, nu } from './judges.mjs';
import { ADDRESS, KINDS, POSTER, fill, order } from './kinds.mjs';
import { BINARY, client, launch, open, shopper } from './shop.mjs';

/** @import { ConfigData } from 'html-validate' */
/** @import { Documents } from './judges.mjs' */
/** @import { Shop } from './shop.mjs' */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const PARTS = ['shop.yaml', 'discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes'];
const SMALL = join(ROOT, 'tests/fixtures/pictures/blue.png');

/** All that texts can have. */
const MARKDOWN = `---
title: Everything
math: true
---

One [link](about.md), *two*, **three**, ~~four~~, \`five\`, H<sub>2</sub>O, <kbd>Esc</kbd>, "six" -- a www.tessel.example address.  
A new line.[^1] And again.[^1] And another.[^long]

## Lists

- one
  - two

1. one
2. two

7. seven

- [x] thrown
- [ ] fired

- [x] apart

  with a second paragraph

Engobe
: Liquid clay, for colour.
: A second meaning.

## Tables and quotes {#chosen .wide}

| Size | Price | Left |
|------|------:|:----:|
| S    |    12 |    3 |

|  |  |
|--|--|
|1 |2 |

> A quote
>
> > within a quote

${['NOTE', 'TIP', 'IMPORTANT', 'WARNING', 'CAUTION'].map((kind) => `> [!${kind}]\n> An alert.\n`).join('\n')}
---

![Cards](about.jpg "In their box")

![Cards](about.jpg) in a line.

## Code and formulas

\`\`\`rust {lines, mark="2", start=10, title="src/main.rs"}
fn main() {
    println!("{}", 1 < 2 && 3 > 2);
}
\`\`\`

    indented

\`\`\`text
plain
\`\`\`

Within $x^2 \\le \\sqrt{3}$, and alone: $$\\begin{matrix} a & b \\\\ c & d \\end{matrix} \\frac{a}{b}$$

<details><summary>More</summary>

Less.

</details>

[^1]: A footnote.

[^long]: A longer one.

    - with a list
`;

/** The sample shop in one theme, with more texts. @param {string} theme */
const make = (theme) => (/** @type {string} */ folder) => {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const settings = join(folder, 'shop.yaml');
  const text = readFileSync(settings, 'utf8');
  assert.match(text, /^theme: default$/m);
  writeFileSync(settings, text.replace(/^theme: default$/m, `theme: ${theme}`));
  writeFileSync(join(folder, 'content/everything.md'), MARKDOWN);
  addBlocks(folder);
};

/** What `build` writes. All pictures are a small one here, because drawing them takes long. @param {string} theme @returns {Documents} */
function built(theme) {
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-built-'));
  try {
    make(theme)(folder);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) if (name.endsWith('.jpg')) copyFileSync(SMALL, join(folder, name));
    execFileSync(BINARY, ['-C', folder, 'build'], { stdio: ['ignore', 'ignore', 'pipe'] });
    return files(join(folder, 'public'), '.html');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kinds that the theme `plain` has not. */
const OTHERS = new Set(['drawer', 'search-results', 'search-nothing', 'filtered']);

/** More that scripts make. @type {typeof KINDS} */
const MORE = [
  {
    name: 'filtered',
    open: async (page) => {
      await page.goto('/products/?tags=blue&price=5-80&sort=cheap');
      await page.locator('.chip').first().waitFor();
    },
  },
  { name: 'blocks', open: (page) => page.goto('/blocks/', { waitUntil: 'networkidle' }) },
  { name: 'everything', open: (page) => page.goto('/everything/', { waitUntil: 'networkidle' }) },
  {
    name: 'cart, Arabic, with a code',
    open: async (page) => {
      await fill(page, [{ sku: POSTER.sku, title: POSTER.title }]);
      await page.evaluate(() => {
        const cart = JSON.parse(localStorage.getItem('shopfront.cart') ?? '');
        localStorage.setItem('shopfront.cart', JSON.stringify({ ...cart, discounts: ['WELCOME10'] }));
      });
      await page.goto('/ar/cart/');
      await page.locator('[data-codes] li').first().waitFor();
    },
  },
];

/** Texts with HTML in them are parsed and written anew, which gives what is only there or not an empty value: `open=""`. @type {ConfigData['rules']} */
const CLEANED = { 'attribute-boolean-style': 'off' };
/** How a browser writes down what it has, whatever was written before. @type {ConfigData['rules']} */
const SERIALISED = { ...CLEANED, 'doctype-style': 'off', 'attribute-empty-style': 'off' };

/** @param {string} folder @param {string} extension @returns {Documents} */
function files(folder, extension) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(extension)).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** @param {string[]} faults */
const none = (faults) => assert.deepEqual(faults.slice(0, 30), [], `${faults.length} faults`);

/** What the checkout answers with, as pages. @param {Shop} shop @returns {Promise<Documents>} */
async function answers(shop) {
  /** @type {Documents} */
  const pages = new Map();
  /** @param {string} name @param {string} path @param {Record<string, string>} [form] posted when given */
  const ask = async (name, path, form) => {
    const headers = { accept: 'text/html', ...client() };
    const response = await fetch(new URL(path, shop.base), form ? { method: 'POST', headers, body: new URLSearchParams(form) } : { headers });
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/, name);
    pages.set(name, await response.text());
    return response;
  };
  /** Posts the form of a page as it is filled in, with more. @param {string} of @param {string} name @param {string} path @param {Record<string, string>} more */
  const send = (of, name, path, more) => {
    const fields = [...(pages.get(of) ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, field, value]) => [field, value?.replaceAll('&quot;', '"')]);
    return ask(name, path, { ...Object.fromEntries(fields), ...more });
  };
  let orderPage = '';
  const filled = { email: 'mira@example.com', ...ADDRESS };

  for (const language of ['en', 'de', 'ar']) await ask(`confirm, ${language}`, '/api/confirm', { sku: POSTER.sku, quantity: '1', currency: 'EUR', language });
  await ask('confirm, nothing such', '/api/confirm', { sku: 'nothing', quantity: '1', currency: 'EUR', language: 'en' });
  await ask('confirm, a file', '/api/confirm', { sku: 'TS-DIG-WALL', quantity: '1', currency: 'EUR', language: 'en' });
  await ask('confirm, a gift card', '/api/confirm', { sku: 'TS-GIFT', quantity: '2', 'field.amount': '50', currency: 'EUR', language: 'en' });
  await send('confirm, en', 'confirm, a mistake', '/api/checkout', { ...filled, email: 'mira', postcode: '1', accept_terms: 'yes' });
  await send('confirm, en', 'confirm, updated', '/api/confirm', { ...filled, discount: 'WELCOME10', update: 'yes' });
  await send('confirm, updated', 'confirm, a code that is none', '/api/confirm', { ...filled, discount: 'NOTHING', gift_card: 'NOTHING', update: 'yes' });
  await ask('no such order', '/api/orders/nothing');
  await ask('no such address', '/api/nothing');
  await ask('no such download', '/api/downloads/nothing');

  for (const [name, lines] of /** @type {const} */ ([['goods', undefined], ['gift cards', [{ sku: 'TS-GIFT', quantity: 2, fields: { amount: '50' } }]], ['files', [{ sku: 'TS-DIG-WALL' }]]])) {
    const { token, pay_url: pay } = await order(shop, lines && [...lines]);
    if (name === 'goods') orderPage = `/api/orders/${token}`;
    await ask(`sandbox, ${name}`, pay);
    await ask(`order, ${name}, unpaid`, `/api/orders/${token}`);
    await ask(`order, ${name}, just paid`, pay, { outcome: 'paid' });
    for (let tries = 0; tries < 50 && !pages.get(`order, ${name}`)?.includes('data-payment="paid"'); tries += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
      await ask(`order, ${name}`, `/api/orders/${token}`);
    }
  }

  // What the merchant does with the first order, and the papers that go with it.
  const number = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(pages.get('order, goods') ?? '')?.[0] ?? assert.fail('an order without a number');
  const orders = (/** @type {string[]} */ ...wish) => execFileSync(BINARY, ['-C', shop.folder, 'orders', ...wish], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  pages.set('slip', orders('slip', number));
  // Its number is given by the worker, a moment later.
  for (let tries = 0; !pages.has('invoice'); tries += 1) {
    try {
      pages.set('invoice', orders('invoice', number));
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }
  orders('fulfil', number, '--carrier', 'CTT', '--tracking', 'RR 123', '--yes');
  orders('refund', number, '--shipping', '--amount', '1.00', '--reason', 'late', '--yes');
  await ask('order, sent and refunded', orderPage);
  const store = join(shop.folder, '.shopfront/store/mail');
  const sorts = new Set();
  for (let tries = 0; tries < 100 && sorts.size < 4; tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    for (const [name, eml] of files(store, '.eml')) {
      const html = htmlOf(eml);
      if (!html.trimEnd().endsWith('</html>')) continue;
      sorts.add(/<h1>(.*?)<\/h1>/.exec(html)?.[1]);
      pages.set(`mail ${name}`, html);
    }
  }
  assert.ok(sorts.size >= 4, `mail: ${[...sorts].join(', ')}`);
  return pages;
}

/** The HTML of a message as it lies in a file; nothing while it is being written. @param {string} eml */
function htmlOf(eml) {
  const part = eml.replaceAll('\r\n', '\n').split(/^--.*$/m).find((text) => /^content-type: text\/html/im.test(text));
  if (!part) return '';
  const [head = '', ...body] = part.split('\n\n');
  const text = body.join('\n\n');
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(text, 'base64').toString();
  if (!/transfer-encoding: quoted-printable/i.test(head)) return text;
  const bytes = text.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** @param {string} body @returns {Documents} */
const page = (body) => new Map([['page', `<!doctype html><html lang="en"><head><title>Page</title></head><body><h1>Page</h1>${body}</body></html>`]]);

test('html-validate sees what is wrong', async () => {
  assert.deepEqual(await htmlValidate(page('<p>Good.</p>')), []);
  assert.match((await htmlValidate(page('<p id="a">One<p id="a">Two'))).join(), /no-dup-id/);
});

test('the Nu HTML checker sees what is wrong', { skip: noNu, timeout: 60_000 }, async () => {
  assert.deepEqual(await nu(page('<p>Good.</p>')), []);
  assert.match((await nu(page('<img src="a b.jpg">'))).join(), /Bad value/);
  assert.match((await nu(new Map([['sheet', 'a { colour: red }']]), { language: 'css' })).join(), /colour/);
});

for (const theme of ['default', 'plain']) {
  describe(`theme ${theme}`, () => {
    /** All that was judged, for the slower judge. @type {Documents} */
    const all = new Map();
    /** @param {string} what @param {Documents} documents @param {ConfigData['rules']} [rules] */
    const judge = async (what, documents, rules) => {
      for (const [name, html] of documents) all.set(`${what}: ${name}`, html);
      none(await htmlValidate(documents, rules));
    };
    /** @type {Shop} */
    let shop;
    /** @type {import('playwright-core').Browser} */
    let browser;
    before(async () => { [shop, browser] = await Promise.all([open({ make: make(theme) }), launch()]); });
    after(async () => {
      await browser?.close();
      await shop?.close();
    });

    test('all pages that are built', { timeout: 300_000 }, async () => {
      const pages = built(theme);
      assert.ok(pages.size > 300, `${pages.size} pages`);
      await judge('built', pages, CLEANED);
    });

    test('what the checkout answers with, mails and prints', { timeout: 300_000 }, async () => { await judge('checkout', await answers(shop)); });

    test('all kinds of pages, as served and after their scripts ran', { timeout: 600_000 }, async () => {
      /** @type {Documents} */
      const served = new Map();
      /** @type {Documents} */
      const ran = new Map();
      for (const { name, open: visit } of [...KINDS, ...MORE].filter((kind) => theme === 'default' || !OTHERS.has(kind.name))) {
        const context = await shopper(browser, shop);
        try {
          const page = await context.newPage();
          /** @type {Promise<string>[]} */
          const heard = [];
          page.on('response', (response) => {
            if (response.request().isNavigationRequest() && response.ok() && /html/.test(response.headers()['content-type'] ?? '')) heard.push(response.text());
          });
          await visit(page, shop);
          ran.set(name, await page.content());
          // Of a page that another has followed nothing can be had any more.
          const texts = (await Promise.allSettled(heard)).flatMap((text) => text.status === 'fulfilled' ? [text.value] : []);
          if (texts.length) served.set(name, texts.at(-1) ?? '');
        } finally {
          await context.close();
        }
      }
      assert.ok(served.size > 20 && [...served.values()].every((html) => html.includes('</html>')));
      served.set('the editor', await (await fetch(`${shop.base}/admin/`)).text());
      await judge('served', served, CLEANED);
      await judge('ran', ran, SERIALISED);
    });

    test('all of it, by the Nu HTML checker', { skip: noNu, timeout: 300_000 }, async () => {
      assert.ok(all.size > 0);
      none(await nu(all));
    });

    test('style sheets and pictures of the theme', { skip: noNu, timeout: 120_000 }, async () => {
      const assets = join(ROOT, 'themes', theme, 'assets');
      none([...await nu(files(assets, '.css'), { language: 'css' }), ...await nu(files(assets, '.svg'), { language: 'svg' })]);
    });
  });
}
