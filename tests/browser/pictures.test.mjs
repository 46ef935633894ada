// Pictures as a browser sees them: colours of a profile are those of the original, an SVG that was made to run something draws only, and
// what is too long for a card ends within it.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, open, shopper } from './shop.mjs';

const SHARED = process.env.SHOPFRONT_TEST_DATA ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared/data');
const PRINT = join(SHARED, 'images/cmyk-no-profile.jpg');

const HOSTILE = {
  script: '<script>window.ran = 1; fetch("https://elsewhere.example/script")</script>',
  handler: '<g onload="window.ran = 1"><rect width="9" height="9" onclick="window.ran = 1"/></g>',
  foreign: '<foreignObject width="90" height="90"><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://elsewhere.example/"></iframe><script xmlns="http://www.w3.org/1999/xhtml">window.ran = 1</script></foreignObject>',
  animation: '<a><animate attributeName="href" values="javascript:window.ran=1"/><set attributeName="onmouseover" to="window.ran = 1"/><rect width="9" height="9"/></a>',
  styles: '<style>@import url(https://elsewhere.example/a.css); rect { fill: url(https://elsewhere.example/a.svg#b) }</style><rect width="9" height="9"/>',
  link: '<a href="javascript:window.ran = 1"><rect width="9" height="9"/></a>',
  uses: '<use href="https://elsewhere.example/a.svg#b"/>',
  names: '<g id="a&quot; onload=&quot;window.ran = 1"><rect width="9" height="9"/></g>',
};

/** Longer than a line of a card, as a shop's name, a section's title and a page's. */
const LONG = {
  en: 'Everything that the quay has ever had in its windows, and much of what it has not',
  ar: 'كل ما عرضه الرصيف من البلاط الأزرق في نوافذه يوما، وكثير مما لم يعرضه Quay بعد حتى الآن',
};

/** @param {string} inside */
const svg = (inside) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 60" onload="window.ran = 1">${inside}<circle cx="45" cy="30" r="20" fill="#c00"/></svg>`;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {{ name: string, type: string }[]} */
const WIDE = [{ name: 'wide.png', type: 'image/png' }, { name: 'wide.jpg', type: 'image/jpeg' }];
const ORIGINALS = [...WIDE.map(({ name }) => name), 'print.jpg'];

before(async () => {
  browser = await launch();
  const page = await browser.newPage();
  // Of the browser's own making, with the profile that it writes: colours that sRGB has and colours that it has not.
  const made = await page.evaluate(async (types) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 240];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { colorSpace: 'display-p3' }));
    for (let x = 0; x < 320; x += 20) {
      for (let y = 0; y < 240; y += 20) {
        context.fillStyle = `color(display-p3 ${x / 300} ${y / 220} ${(x + y) / 540})`;
        context.fillRect(x, y, 20, 20);
      }
    }
    const pictures = [];
    for (const type of types) {
      const blob = /** @type {Blob} */ (await new Promise((resolve) => { canvas.toBlob(resolve, type, 1); }));
      pictures.push(Array.from(new Uint8Array(await blob.arrayBuffer())));
    }
    return pictures;
  }, WIDE.map(({ type }) => type));
  await page.close();

  const pictures = WIDE.map(({ name }, place) => [name, Buffer.from(made[place])]);
  if (existsSync(PRINT)) pictures.push(['print.jpg', readFileSync(PRINT)]);
  shop = await open({
    make(folder) {
      writeFileSync(join(folder, 'shop.yaml'), `name: ${JSON.stringify(LONG)}\nlanguages: [en, ar]\nbase_url: https://shop.example\ntax: {classes: {standard: {'*': 19%}}}\n`);
      mkdirSync(join(folder, 'content'));
      mkdirSync(join(folder, 'static'));
      mkdirSync(join(folder, 'content/long'));
      for (const [ending, title] of /** @type {const} */ ([['', LONG.en], ['.ar', LONG.ar]])) {
        writeFileSync(join(folder, `content/long/_index${ending}.md`), `---\ntitle: ${title}\n${ending ? '' : 'cascade: {social_card: true}\n'}---\n`);
        writeFileSync(join(folder, `content/long/page${ending}.md`), `---\ntitle: ${title}\n---\n\n${title}\n`);
      }
      for (const [name, bytes] of pictures) {
        writeFileSync(join(folder, `content/${name}`), bytes);
        writeFileSync(join(folder, `static/${name}`), bytes);
      }
      for (const [name, inside] of Object.entries(HOSTILE)) writeFileSync(join(folder, `content/${name}.svg`), svg(inside));
      const shown = [...pictures.map(([name]) => name), ...Object.keys(HOSTILE).map((name) => `${name}.svg`)];
      writeFileSync(join(folder, 'content/seen.md'), `---\ntitle: Seen\n---\n\n${shown.map((name) => `![${name}](${name})`).join('\n\n')}\n`);
    },
  });
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** How far two pictures lie from each other at each channel of each pixel: on average, and at most. @param {string[]} addresses */
async function difference([one, other]) {
  const values = await Promise.all([one, other].map(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [160, 120];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { colorSpace: 'srgb', willReadFrequently: true }));
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, 160, 120);
    return context.getImageData(0, 0, 160, 120).data;
  }));
  const differences = Array.from(values[0], (value, place) => Math.abs(value - values[1][place]));
  return { mean: differences.reduce((sum, value) => sum + value, 0) / differences.length, most: Math.max(...differences) };
}

for (const name of ORIGINALS) {
  const skip = name === 'print.jpg' && !existsSync(PRINT) ? `${PRINT} is not there` : false;
  test(`${name}: the copy has the colours of the original`, { skip }, async () => {
    const context = await shopper(browser, shop, { pictures: true });
    try {
      const page = await context.newPage();
      await page.goto('/seen/');
      const copy = await page.getByAltText(name).getAttribute('src');
      assert.ok(copy?.endsWith('.webp'), String(copy));
      const found = await page.evaluate(difference, [`/${name}`, copy]);
      console.log(`${name}: ${found.mean.toFixed(2)} of 255 on average`);
      assert.ok(found.mean < 2.5, JSON.stringify(found));
    } finally {
      await context.close();
    }
  });
}

for (const name of Object.keys(HOSTILE)) {
  test(`${name}.svg: opened by itself, it draws and does nothing else`, async () => {
    const context = await shopper(browser, shop, { pictures: true });
    /** @type {string[]} */
    const asked = [];
    try {
      const page = await context.newPage();
      await page.goto('/seen/');
      const image = page.getByAltText(`${name}.svg`);
      assert.equal(await image.getAttribute('srcset'), null);
      assert.deepEqual([await image.getAttribute('width'), await image.getAttribute('height')], ['90', '60']);
      const address = /** @type {string} */ (await image.getAttribute('src'));
      const body = await (await fetch(shop.base + address)).text();
      assert.doesNotMatch(body, /elsewhere|<script|foreign|javascript|animate/i);
      // Without the shop's policy too: the file itself has to be harmless.
      await context.route('**/*.svg', (route) => route.fulfill({ contentType: 'image/svg+xml', body }));
      context.on('request', (request) => { asked.push(request.url()); });
      await page.goto(address, { waitUntil: 'load' });
      await page.mouse.move(40, 30);
      await page.mouse.click(5, 5);
      // By the second frame whatever the document wanted to run has run.
      await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
      const seen = await page.evaluate(() => ({ ran: /** @type {any} */ (window).ran, drawn: document.querySelectorAll('path').length }));
      assert.equal(seen.ran, undefined);
      assert.ok(seen.drawn > 0, 'something is drawn');
      assert.deepEqual(asked, [new URL(address, shop.base).href]);
    } finally {
      await context.close();
    }
  });
}

/** Whether there is anything but the ground in a part of a picture. @param {{ address: string, part: [number, number, number, number] }} where */
async function hasInk({ address, part: [x, y, width, height] }) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(x, y, width, height);
  return data.some((value, place) => value !== data[place % 4]);
}

for (const [language, path, begin, end] of /** @type {const} */ ([['English', '/long/page/', 88, 1056], ['Arabic', '/ar/long/page/', 1040, 66]])) {
  test(`a card in ${language} holds what is too long for a line`, async () => {
    const context = await shopper(browser, shop, { pictures: true });
    try {
      const page = await context.newPage();
      await page.goto(path);
      const address = new URL(await page.locator('meta[property="og:image"]').getAttribute('content') ?? '').pathname;
      for (const [y, height] of [[80, 50], [140, 380], [535, 50]]) {
        assert.ok(await page.evaluate(hasInk, { address, part: [begin, y, 70, height] }), `nothing is written at ${y}`);
        assert.ok(!await page.evaluate(hasInk, { address, part: [end, y, 70, height] }), `something runs off at ${y}`);
      }
    } finally {
      await context.close();
    }
  });
}
