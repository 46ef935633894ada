// The search over files that the generator has made (tests/tests/site/search.rs): folding, prefixes, forms, mistakes, order.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { createIndex, read } from '../../themes/default/assets/js/search-index.js';
import { backwards, isNear, mayBegin, shorter, words } from '../../themes/default/assets/js/search-words.js';

const FIXTURES = new URL('../fixtures/search/', import.meta.url);

/** A search over the fixture's site, and what it has fetched. @param {string} [prefix] */
function open(prefix = '') {
  /** @type {string[]} */
  const fetched = [];
  const index = createIndex(`/shop${prefix}/search/index.json`, async (url) => {
    fetched.push(url.replace(/^.*\//, '').replace(/\.[0-9a-f]{8}\./, '.'));
    return readFileSync(new URL(`site/${url.replace('/shop/', '')}`, FIXTURES), 'utf8');
  });
  const titles = async (/** @type {string} */ query) => (await index.find(query, 10)).hits.map(({ title }) => title);
  return { index, fetched, titles };
}

test('words are folded as the generator folds them', () => {
  const cases = JSON.parse(readFileSync(new URL('words.json', FIXTURES), 'utf8'));
  assert.ok(cases.length > 30);
  for (const [text, expected] of cases) assert.deepEqual(words(text), expected, text);
});

test('one mistake is near, two are not', () => {
  const near = [['lamp', 'lamp'], ['lamp', 'lamps'], ['lmp', 'lamp'], ['lanp', 'lamp'], ['lapm', 'lamp'], ['alamp', 'lamp'], ['amp', 'lamp'], ['almp', 'lamp'], ['lamq', 'lamp']];
  const far = [['lamp', 'lap'.repeat(2)], ['lpma', 'lamp'], ['lnmq', 'lamp'], ['lamp', 'lampen'], ['plam', 'lamp'], ['ab', 'cd']];
  for (const [a, b] of near) assert.ok(isNear(a, b) && isNear(b, a), `${a} ${b}`);
  for (const [a, b] of far) assert.ok(!isNear(a, b) && !isNear(b, a), `${a} ${b}`);
  assert.ok(mayBegin('latn', 'lantern') && mayBegin('lentern', 'lantern') && mayBegin('lante', 'lantern') && !mayBegin('motor', 'lantern'));
});

test('shorter forms of a word', () => {
  assert.deepEqual(shorter('mugs'), ['mug']);
  assert.deepEqual(shorter('boxes'), ['boxe', 'box']);
  assert.deepEqual(shorter('batteries'), ['batterie', 'batteri', 'battery']);
  assert.deepEqual(shorter('Tassen'.toLowerCase()), ['tasse', 'tass']);
  assert.deepEqual(shorter('bus'), []);
  assert.equal(backwards('𠮷ab'), 'ba𠮷');
});

test('lists are read as they were written', () => {
  const found = [];
  read('5?@2_@__@^', (document, level) => found.push([document, level]));
  assert.deepEqual(found, [[0, 5], [2, 5], [32, 2], [1057, 2], [1089, 2]]);
  read('', () => assert.fail('nothing is in an empty list'));
});

/** @type {[string, string[], string][]} */
const CASES = [
  ['mug', ['Mugs', 'Foam mug', 'Tide mug'], 'a whole word, the list of that name before what is in it'],
  ['MÚG', ['Mugs', 'Foam mug', 'Tide mug'], 'case and accents'],
  ['mugs', ['Mugs', 'Foam mug', 'Tide mug'], 'of several things the one'],
  ['ti', ['Tide mug'], 'a beginning'],
  ['tide mu', ['Tide mug'], 'several words, the last of them begun'],
  ['mug tide', ['Tide mug'], 'in any order'],
  ['lantren', ['Paper lantern'], 'two letters changed places'],
  ['lanern', ['Paper lantern'], 'a letter is missing'],
  ['lanttern', ['Paper lantern'], 'a letter too many'],
  ['pantern', ['Paper lantern'], 'the first letter is wrong'],
  ['antern', ['Paper lantern'], 'the first letter is missing'],
  ['alntern', ['Paper lantern'], 'the first two changed places'],
  ['lantr', ['Paper lantern'], 'a mistake in what is not finished'],
  ['tdie', ['Tide mug'], 'four letters, the middle ones changed'],
  ['kasemesser', ['Käsemesser'], 'accents that were left out'],
  ['Käsemes', ['Käsemesser'], 'accents that were typed'],
  ['QP-0042-X', ['Foam mug'], 'an article number'],
  ['tide-mug-small-blue', ['Tide mug'], 'an article number that was made'],
  ['sea green', ['Tide mug'], 'a colour'],
  ['pottery', ['Tide mug'], 'a maker'],
  ['dishwasher', ['Foam mug'], 'a word of the text'],
  ['stoneware', ['Jug', 'About us'], 'a mark before a text'],
  ['gift', ['Tide mug', 'Paper lantern'], 'a tag'],
  ['漢字', ['Paper lantern'], 'no spaces between words'],
  ['検', ['Paper lantern'], 'one letter that is a word'],
  ['wholesale', [], 'left out by its page'],
  ['prototype', [], 'a draft'],
  ['zzzz', [], 'nothing'],
];

for (const [query, expected, why] of CASES) {
  test(`${query}: ${why}`, async () => assert.deepEqual(await open().titles(query), expected));
}

test('a hit says what it is, and what it costs in each currency', async () => {
  const { index } = open();
  const [list] = (await index.find('mugs', 1)).hits;
  const [mug] = (await index.find('tide mug', 1)).hits;
  assert.deepEqual({ kind: list?.kind, url: list?.url, count: list?.count }, { kind: 'category', url: '/shop/categories/kitchen/mugs/', count: 2 });
  assert.equal(mug?.kind, 'product');
  assert.match(mug?.picture ?? '', /^\/shop\/img\/mug\.[0-9a-f]{8}-\d+\.webp$/);
  assert.equal(mug?.price?.text, '€12.50');
  assert.equal(mug?.price?.data?.USD?.[0]?.minor, 1400);
  const [post] = (await index.find('glaze', 1)).hits;
  assert.deepEqual({ kind: post?.kind, line: post?.line }, { kind: 'post', line: 'Ash, clay and water.' });
});

test('German words in German, and what is not translated in its own language', async () => {
  const { index, titles } = open('/de');
  assert.deepEqual(await titles('große gefühle'), ['Gezeitentasse']);
  assert.deepEqual(await titles('gezeitentassen'), ['Gezeitentasse']);
  assert.equal((await titles('küche'))[0], 'Küche');
  const [foam] = (await index.find('foam', 1)).hits;
  assert.deepEqual({ lang: foam?.lang, url: foam?.url, price: foam?.price?.text }, { lang: 'en', url: '/shop/de/products/foam-mug/', price: '12,50\u00a0€' });
});

test('where nothing has all words, what has some is found, and it is said', async () => {
  const { index } = open();
  const { hits, isPartial, total } = await index.find('lantern jug unheard', 10);
  assert.ok(isPartial);
  assert.equal(total, hits.length);
  assert.deepEqual(hits.map(({ title }) => title).sort(), ['Jug', 'Paper lantern']);
  assert.ok(!(await index.find('paper lantern', 10)).isPartial);
  assert.ok((await index.find('lantren', 10)).isMistyped);
  assert.ok(!(await index.find('lantern', 10)).isMistyped);
});

test('one letter is too short, and nothing is fetched for it but the list', async () => {
  const { index, fetched } = open();
  for (const query of ['m', ' ', '', '!', '4']) assert.ok((await index.find(query, 10)).isShort, query);
  assert.deepEqual(fetched, ['index.json']);
});

test('what was fetched is not fetched again', async () => {
  const { fetched, titles } = open();
  await titles('mug');
  const before = fetched.length;
  assert.deepEqual(fetched.toSorted(), ['en-hits-0.json', 'en-lists-0.txt', 'en-words-0.txt', 'index.json']);
  await titles('mug tide');
  assert.equal(fetched.length, before);
});

test('results come in pages, and the total counts all', async () => {
  const { index } = open();
  const { hits, total } = await index.find('mug', 1);
  assert.deepEqual([hits.length, total], [1, 3]);
});

test('a shop that was built again is searched anew, and one that is gone fails', async () => {
  const site = (/** @type {string} */ url) => readFileSync(new URL(`site/${url.replace('/shop/', '')}`, FIXTURES), 'utf8');
  let asked = 0;
  const again = createIndex('/shop/search/index.json', async (url, isAgain) => {
    if (!url.endsWith('index.json')) return site(url);
    asked += 1;
    return isAgain ? site(url) : site(url).replace(/"([0-9a-f])([0-9a-f]{7})"/g, '"x$2"');
  });
  assert.equal((await again.find('jug', 10)).hits[0]?.title, 'Jug');
  assert.equal(asked, 2);
  let isDown = true;
  const down = createIndex('/shop/search/index.json', async (url) => {
    if (isDown) throw new Error('down');
    return site(url);
  });
  await assert.rejects(down.find('jug', 10));
  isDown = false;
  assert.equal((await down.find('jug', 10)).hits[0]?.title, 'Jug', 'a failure is not kept');
});
