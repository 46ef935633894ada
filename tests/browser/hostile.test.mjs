// A shop full of content that wants to run something: every case of the table, as a page, with the policy's header and without it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, open, shopper } from './shop.mjs';

/** @type {{ text?: string, front?: string, yaml?: string, math?: string, many?: string }[]} */
const CASES = JSON.parse(readFileSync(new URL('../fixtures/hostile/cases.json', import.meta.url), 'utf8'));
const MANY = 3000;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;

/** A page of content that holds a case. @param {typeof CASES[number]} hostile */
function page({ text, front, yaml, math, many }) {
  // Between quotes, with YAML's escapes, and a block whose mark it might be.
  if (yaml !== undefined) {
    const block = '::: note kind="x onload=alert(1) y" title="N"\nBody\n:::';
    return `---\ntitle: "${yaml}"\ndescription: "${yaml}"\nauthor: "${yaml}"\ntags: ["${yaml}"]\n---\n\n${block}\n`;
  }
  if (front !== undefined) {
    const value = JSON.stringify(front);
    return `---\ntitle: ${value}\ndescription: ${value}\nauthor: ${value}\ntags: [${value}]\n---\n\nText.\n`;
  }
  if (math !== undefined) return `---\ntitle: Case\nmath: true\n---\n\n${math}\n`;
  return `---\ntitle: Case\n---\n\n${text ?? /** @type {string} */ (many).repeat(MANY)}\n`;
}

/** @param {string} folder */
function make(folder) {
  writeFileSync(join(folder, 'shop.yaml'), "name: Quay\nbase_url: https://shop.example\nchecks: {broken-links: warning, broken-anchors: warning, missing-pictures: warning}\ntax: {classes: {standard: {'*': 19%}}}\n");
  mkdirSync(join(folder, 'content'));
  CASES.forEach((hostile, number) => { writeFileSync(join(folder, `content/case${number}.md`), page(hostile)); });
}

before(async () => { [shop, browser] = await Promise.all([open({ make }), launch()]); });
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** What a page must not hold, as the browser has read it. */
function dangers() {
  const found = [];
  const harmless = ['http:', 'https:', 'mailto:', 'tel:', 'ftp:'];
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || name === 'style' || name === 'srcdoc') found.push(`${element.tagName} ${name}=${value}`);
    }
    for (const key of ['href', 'src', 'action', 'formAction', 'poster', 'data']) {
      const value = /** @type {any} */ (element)[key];
      if (typeof value !== 'string' || value === '') continue;
      const { protocol } = new URL(value, document.baseURI);
      if (!harmless.includes(protocol) && !(element.tagName === 'IMG' && protocol === 'data:')) found.push(`${element.tagName} ${key}=${value}`);
    }
  }
  for (const element of document.querySelectorAll('main :is(script, style, iframe, object, embed, form, svg, base, meta, link, template)')) {
    found.push(`<${element.tagName}> in the text`);
  }
  return found;
}

for (const policy of [true, false]) {
  test(`nothing runs ${policy ? 'with' : 'without'} the policy's header`, { timeout: 1_200_000 }, async () => {
    const context = await shopper(browser, shop);
    /** @type {string[]} */
    const found = [];
    let where = '';
    try {
      if (!policy) {
        await context.route('**/*', async (route) => {
          if (route.request().resourceType() !== 'document') return route.continue();
          const response = await route.fetch();
          const headers = response.headers();
          delete headers['content-security-policy'];
          return route.fulfill({ response, headers });
        });
      }
      await context.exposeFunction('report', (/** @type {string} */ text) => { found.push(`${where}: ran ${text}`); });
      await context.addInitScript(() => {
        const hook = (/** @type {unknown} */ text) => { /** @type {any} */ (window).report(String(text)); };
        for (const name of ['alert', 'confirm', 'prompt', 'ran', 'print']) Object.defineProperty(window, name, { value: hook, writable: false });
      });
      context.on('request', (request) => {
        const url = new URL(request.url());
        if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== shop.base) found.push(`${where}: asks ${request.url()}`);
      });
      const tab = await context.newPage();
      tab.on('dialog', (dialog) => { found.push(`${where}: a dialog`); void dialog.dismiss(); });
      for (const [number, hostile] of CASES.entries()) {
        where = JSON.stringify(hostile);
        const response = await tab.goto(`/case${number}/`, { waitUntil: 'load' });
        assert.equal(response?.status(), 200, where);
        if (number === 0) assert.equal('content-security-policy' in (await response?.allHeaders() ?? {}), policy);
        found.push(...(await tab.evaluate(dangers)).map((danger) => `${where}: ${danger}`));
        // The page is still the shop's: its frame has not been closed by the text.
        if (await tab.locator('body > main, body main').count() !== 1) found.push(`${where}: the frame is broken`);
        assert.equal(new URL(tab.url()).pathname, `/case${number}/`, where);
      }
      await tab.waitForTimeout(500);
    } finally {
      await context.close();
    }
    assert.deepEqual(found, []);
  });
}

test('the check sees what runs', async () => {
  const context = await shopper(browser, shop);
  try {
    const tab = await context.newPage();
    await tab.goto('/case0/');
    await tab.setContent('<main><a href="javascript:a">b</a><b onclick="c">d</b><form></form></main>');
    assert.equal((await tab.evaluate(dangers)).length, 3);
  } finally {
    await context.close();
  }
});
