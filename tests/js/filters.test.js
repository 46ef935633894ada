// The filters: against a plain slow oracle on random lists, over files that the generator has made (tests/tests/site/filters.rs),
// and as they stand in addresses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { count, isNothing, nothing, typed, read, write } from '../../themes/default/assets/js/filter-address.js';
import { createFilters } from '../../themes/default/assets/js/filter-index.js';

const NOW_S = Date.UTC(2026, 5, 1) / 1000;

/** Whole numbers that look random, the same for a seed (mulberry32). @param {number} seed */
function dice(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const SIZES = ['s', 'm', 'l', 'xl'];
const COLOURS = ['red', 'blue', 'green'];
const TAGS = ['gift', 'new', 'wood', 'paper', 'sale'];

/** A product as a person would write it down. @param {ReturnType<typeof dice>} roll @param {number} id */
function product(roll, id) {
  const some = (/** @type {string[]} */ list) => list.filter(() => roll(3) === 0);
  const one = (/** @type {string[]} */ list) => list[roll(list.length)] ?? '';
  const price = roll(5) === 0 ? null : 500 + roll(40) * 100;
  const rows = Array.from({ length: 1 + roll(4) }, () => ({
    size: roll(4) === 0 ? [] : [one(SIZES)], colour: roll(5) === 0 ? COLOURS : [one(COLOURS)],
    price: price === null || roll(9) === 0 ? null : price + roll(2) * roll(5) * 100, isThere: roll(4) > 0,
  }));
  return { id, rows, tags: some(TAGS), isSafe: roll(2) === 0, height: roll(3) === 0 ? null : roll(300) / 10, day: roll(9), name: roll(1000) * 1000 + id };
}

/** @typedef {ReturnType<typeof product>} Plain */

const gaps = (/** @type {number[]} */ numbers) => numbers.map((number, place) => number - (numbers[place - 1] ?? 0));
const ranks = (/** @type {Plain[]} */ products, /** @type {(product: Plain) => number} */ of) => {
  const order = products.map((_, place) => place).sort((a, b) => of(products[a]) - of(products[b]) || a - b);
  return products.map((_, place) => order.indexOf(place));
};

/** The file that the generator would write. @param {Plain[]} products */
function file(products) {
  const values = (/** @type {string[]} */ keys) => keys.map((key) => ({ key, title: key.toUpperCase() }));
  const places = (/** @type {(product: Plain) => boolean} */ has) => gaps(products.flatMap((some, place) => (has(some) ? [place] : [])));
  const chosen = (/** @type {string[]} */ list, /** @type {string[]} */ all) => (list.length > 1 ? list.map((key) => all.indexOf(key)) : list.length ? all.indexOf(list[0] ?? '') : -1);
  const shapes = products.map(({ rows }) => rows.map(({ size, colour }) => [chosen(size, SIZES), chosen(colour, COLOURS)]));
  const known = [...new Set(shapes.map((shape) => JSON.stringify(shape)))];
  const prices = products.map(({ rows }) => {
    const all = rows.map(({ price }) => price);
    if (all.every((price) => price === all[0])) return all[0] ?? null;
    const base = all.find((price) => price !== null) ?? 0;
    const first = all.findIndex((price) => price !== null);
    return all.map((price, row) => (price === null ? null : row === first ? price : price - base));
  });
  const out = products.map(({ rows }, place) => ({ place, rows: rows.flatMap(({ isThere }, row) => (isThere ? [] : [row])) })).filter(({ rows }) => rows.length);
  return {
    products: products.length, per_page: 24, groups: [
      { key: 'available', kind: 'available' }, { key: 'price', kind: 'price' },
      { key: 'size', kind: 'option', values: values(SIZES) }, { key: 'colour', kind: 'option', values: values(COLOURS) },
      { key: 'tags', kind: 'choice', values: values(TAGS), has: TAGS.map((tag) => places(({ tags }) => tags.includes(tag))) },
      { key: 'safe', kind: 'flag', has: [places(({ isSafe }) => isSafe)] },
      { key: 'height', kind: 'number', has: [places(({ height }) => height !== null)], numbers: products.flatMap(({ height }) => (height === null ? [] : [height])) },
    ],
    shapes: known.map((shape) => JSON.parse(shape)), shape: shapes.map((shape) => known.indexOf(JSON.stringify(shape))),
    gone: out.map(({ place, rows }, n) => [place - (out[n - 1]?.place ?? 0), ...rows]),
    prices: { EUR: prices }, newest: ranks(products, ({ day }) => -day), names: ranks(products, ({ name }) => name),
    cards: { path: '/cards-', sizes: [products.length], hashes: '0123456789', at: gaps(products.map((_, place) => place)) },
  };
}

/** @typedef {import('../../themes/default/types').Wish} Wish */

/** Whether a group lets a product through with one of its rows. @param {string} group @param {Plain} product @param {Plain['rows'][number]} row @param {Wish} wish */
function passes(group, product, row, wish) {
  const within = (/** @type {number | null} */ value) => {
    const [least, most] = wish.ranges[group] ?? [null, null];
    if (least === null && most === null) return true;
    return value !== null && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
  };
  const any = (/** @type {string[]} */ has) => !wish.choices[group]?.length || has.some((key) => wish.choices[group]?.includes(key));
  if (group === 'available') return !wish.flags.includes(group) || row.isThere;
  if (group === 'safe') return !wish.flags.includes(group) || product.isSafe;
  if (group === 'price') return within(row.price);
  if (group === 'height') return within(product.height);
  if (group === 'size') return any(row.size);
  return any(group === 'colour' ? row.colour : product.tags);
}

const GROUPS = ['available', 'price', 'size', 'colour', 'tags', 'safe', 'height'];

/** Everything said in one sentence each, and as slow as that. @param {Plain[]} products @param {Wish} wish */
function oracle(products, wish) {
  /** Pairs of product and row that pass all groups but one. */
  const rows = (/** @type {string} */ but) => products.flatMap((some, place) =>
    some.rows.filter((row) => GROUPS.every((group) => group === but || passes(group, some, row, wish))).map((row) => ({ some, place, row })));
  const left = [...new Set(rows('').map(({ place }) => place))];
  const lowest = ({ rows: all }) => Math.min(...all.map(({ price }) => price ?? Infinity));
  const of = { cheap: (a) => lowest(a), dear: (a) => -(lowest(a) === Infinity ? -1 : lowest(a)), new: (a) => -a.day, name: (a) => a.name }[wish.sort];
  const found = of ? left.sort((a, b) => of(products[a]) - of(products[b]) || a - b) : left;
  const many = (/** @type {string} */ group, has) => new Set(rows(group).filter(({ some, row }) => has(some, row)).map(({ place }) => place)).size;
  const ends = (/** @type {string} */ group, of) => {
    const all = rows(group).map(({ some, row }) => of(some, row)).filter((value) => value !== null);
    return all.length ? { [group]: [Math.min(...all), Math.max(...all)] } : {};
  };
  return {
    products: found,
    counts: {
      available: [many('available', (_, row) => row.isThere)], safe: [many('safe', (some) => some.isSafe)],
      size: SIZES.map((size) => many('size', (_, row) => row.size.includes(size))), colour: COLOURS.map((colour) => many('colour', (_, row) => row.colour.includes(colour))),
      tags: TAGS.map((tag) => many('tags', (some) => some.tags.includes(tag))),
    },
    bounds: { ...ends('price', (_, row) => row.price), ...ends('height', (some) => some.height) },
  };
}

/** @param {ReturnType<typeof dice>} roll @returns {Wish} */
function wish(roll) {
  const some = (/** @type {string[]} */ list) => list.filter(() => roll(2) === 0);
  const end = (/** @type {number} */ most) => (roll(2) ? roll(most) : null);
  const asked = nothing();
  for (const [key, list] of Object.entries({ size: SIZES, colour: COLOURS, tags: TAGS })) if (roll(3) === 0) asked.choices[key] = [...some(list), 'gone'];
  if (roll(3) === 0) asked.ranges.price = roll(2) ? [roll(3000), end(5000)] : [end(3000), roll(5000)];
  if (roll(4) === 0) asked.ranges.height = roll(2) ? [roll(20), end(40)] : [end(20), roll(40)];
  if (roll(4) === 0) asked.flags.push('available');
  if (roll(4) === 0) asked.flags.push('safe');
  asked.sort = ['', 'cheap', 'dear', 'new', 'name'][roll(5)] ?? '';
  return asked;
}

/** What is no choice of the list was not asked for. @param {Wish} asked */
const known = (asked) => ({ ...asked, choices: Object.fromEntries(Object.entries(asked.choices).map(([key, keys]) => [key, keys.filter((one) => one !== 'gone')])) });

test('random lists and wishes are answered as the oracle answers them', async () => {
  let some = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const roll = dice(seed);
    const products = Array.from({ length: roll(40) }, (_, id) => product(roll, id));
    const filters = createFilters(/** @type {any} */ (file(products)), async () => assert.fail('nothing else is fetched'));
    for (let turn = 0; turn < 5; turn += 1) {
      const asked = wish(roll);
      const { products: found, counts, bounds } = await filters.find(asked, 'EUR', NOW_S);
      const { price: _p, height: _h, ...plain } = counts;
      assert.deepEqual({ products: found, counts: plain, bounds }, oracle(products, known(asked)), `seed ${seed}, turn ${turn}: ${JSON.stringify(asked)}`);
      some += found.length > 0 && found.length < products.length ? 1 : 0;
    }
  }
  assert.ok(some > 500, `${some} wishes left some products and not others`);
});

const SITE = new URL('../fixtures/filters/site/', import.meta.url);

/** The filters of a list of the fixture, and what they have fetched. @param {string} path */
function open(path) {
  /** @type {string[]} */
  const fetched = [];
  const get = (/** @type {string} */ url) => JSON.parse(readFileSync(new URL(url.replace('/shop/', ''), SITE), 'utf8'));
  const filters = createFilters(get(path), async (url) => {
    fetched.push(url);
    return get(url);
  });
  /** The names of what is left. @param {Partial<Wish>} asked @param {string} [currency] @param {number} [now_s] */
  const titles = async (asked, currency = 'EUR', now_s = NOW_S) => {
    const { products } = await filters.find({ ...nothing(), ...asked }, currency, now_s);
    return (await filters.cards(products)).map((card) => /data-title="([^"]*)"/.exec(card)?.[1]);
  };
  return { filters, fetched, titles };
}

/** @type {[Partial<Wish>, string[], string][]} */
const CASES = [
  [{}, ['Family', 'Table set', 'Kite', 'Paper lantern', 'Plate', 'Jug', 'Ñandú mug', 'Tide mug'], 'everything, the newest first'],
  [{ choices: { colour: ['sea-green'] } }, ['Tide mug'], 'a value of an option'],
  [{ choices: { colour: ['blue'] }, flags: ['available'] }, ['Plate', 'Tide mug'], 'blue, and there'],
  [{ choices: { colour: ['sea-green'], size: ['small'] }, flags: ['available'] }, [], 'the small green one is sold out'],
  [{ choices: { colour: ['sea-green'] }, flags: ['available'] }, ['Tide mug'], 'a large one can be had in any colour'],
  [{ choices: { size: ['xs', 'large'] } }, ['Ñandú mug', 'Tide mug'], 'one of several'],
  [{ flags: ['available'] }, ['Family', 'Paper lantern', 'Plate', 'Ñandú mug', 'Tide mug'], 'no set without its jug, nothing that is still to come'],
  [{ ranges: { price: [1000, 1200] } }, ['Ñandú mug'], 'its price until the end of the sale'],
  [{ ranges: { price: [1700, null] } }, ['Jug', 'Tide mug'], 'one of its prices'],
  [{ choices: { size: ['small'] }, ranges: { price: [1700, null] } }, [], 'the same variant is small and dear'],
  [{ choices: { brand: ['foundry', 'quay-pottery'], glaze: ['matt'] } }, ['Plate', 'Tide mug'], 'a maker, and a glaze'],
  [{ flags: ['dishwasher'] }, ['Tide mug'], 'what is false is as what is not said'],
  [{ ranges: { height: [8, 10] } }, ['Ñandú mug', 'Tide mug'], 'a number, its ends with it'],
  [{ choices: { tags: ['gift'] }, sort: 'cheap' }, ['Paper lantern', 'Plate', 'Tide mug'], 'the cheapest first, equals as in the list'],
  [{ sort: 'name' }, ['Family', 'Jug', 'Kite', 'Ñandú mug', 'Paper lantern', 'Plate', 'Table set', 'Tide mug'], 'by name, as the language sorts'],
  [{ sort: 'dear' }, ['Jug', 'Table set', 'Kite', 'Plate', 'Tide mug', 'Ñandú mug', 'Paper lantern', 'Family'], 'the dearest first, what has no price last'],
];
for (const [asked, expected, why] of CASES) {
  test(`${why}: ${JSON.stringify(asked)}`, async () => assert.deepEqual(await open('/shop/products/filters.json').titles(asked), expected));
}

test('prices are those of the currency and of the moment', async () => {
  const { titles } = open('/shop/products/filters.json');
  const cheap = { ranges: { price: /** @type {[number, number]} */ ([1000, 1150]) } };
  assert.deepEqual(await titles(cheap), ['Ñandú mug']);
  assert.deepEqual(await titles(cheap, 'USD'), ['Ñandú mug']);
  assert.deepEqual(await titles(cheap, 'EUR', Date.UTC(2026, 6, 1) / 1000), [], 'the sale is over');
});

test('a list by hand has its own order, and the newest first when that is wished', async () => {
  const { titles } = open('/shop/collections/harbour/filters.json');
  assert.deepEqual(await titles({}), ['Jug', 'Tide mug', 'Plate']);
  assert.deepEqual(await titles({ sort: 'new' }), ['Plate', 'Jug', 'Tide mug']);
});

test('a file of cards is fetched once', async () => {
  const { titles, fetched } = open('/shop/products/filters.json');
  await titles({});
  const before = fetched.length;
  await titles({ choices: { size: ['small'] } });
  assert.ok(before > 0 && fetched.length === before, String(fetched));
  assert.equal(new Set(fetched).size, before);
});

const KINDS = new Map(/** @type {[string, import('../../themes/default/types').FilterKind][]} */ ([['available', 'flag'], ['price', 'price'], ['größe', 'choice'], ['height', 'number']]));

test('addresses say it, and are read again', () => {
  const asked = { choices: { größe: ['s', '90-cm'] }, ranges: { price: /** @type {[number | null, number | null]} */ ([10, 20.5]), height: /** @type {[number | null, number | null]} */ ([null, 9.5]) }, flags: ['available'], sort: 'cheap' };
  const query = write(asked, KINDS, new URLSearchParams('utm=a b&price=1-2&sort=new&height'));
  assert.equal(query, '?utm=a%20b&available&price=10-20.5&gr%C3%B6%C3%9Fe=s&gr%C3%B6%C3%9Fe=90-cm&height=-9.5&sort=cheap');
  assert.deepEqual(read(new URLSearchParams(query), KINDS), asked);
  assert.equal(count(asked), 5);
  assert.equal(write(nothing(), KINDS, new URLSearchParams(query)), '?utm=a%20b');
  assert.equal(write(nothing(), KINDS, new URLSearchParams('price=1-')), '');
});

test('what an address says wrong is not asked for', () => {
  for (const query of ['', 'price=', 'price=cheap', 'price=-', 'price=1-2-3', 'price=1e3-', 'größe=', 'sort=up', 'colour=blue', 'height=a-b']) {
    assert.deepEqual(read(new URLSearchParams(query), KINDS), nothing(), query);
    assert.ok(isNothing(read(new URLSearchParams(query), KINDS)));
  }
  assert.deepEqual(read(new URLSearchParams('price=x-20&größe=s&größe=s'), KINDS), { ...nothing(), ranges: { price: [null, 20] }, choices: { größe: ['s'] } });
});

test('numbers are typed as the language writes them', () => {
  const cases = {
    en: { 10: 10, ' 10.50 ': 10.5, '10,5': 10.5, '.5': 0.5, '5.': 5, 0: 0, '€10': 10, '$ 1,000.50': 1000.5, '1,000': 1000, '1 000': 1000, '20 EUR': 20, '٢٠': 20 },
    de: { '1.000': 1000, '1.000,5': 1000.5, '12,50': 12.5, '12.5': 12.5, '20 €': 20, '1.234.567': 1234567 },
    ar: { '٢٠': 20, '١٬٠٠٠٫٥': 1000.5, 20: 20, '٢٠ €': 20 },
  };
  for (const [language, texts] of Object.entries(cases)) for (const [text, number] of Object.entries(texts)) assert.equal(typed(text, language), number, `${language} ${text}`);
  // What a placeholder says can be typed, in lakh and crore too, and with either apostrophe.
  const numbers = [7, 0.25, 20.5, 999, 1000, 1234.5, 100_000, 123_456.75, 12_345_678];
  for (const language of ['ar', 'ar-EG', 'bn', 'de', 'de-AT', 'de-CH', 'en', 'en-IN', 'es', 'fa', 'fr', 'hi', 'it-CH', 'ja', 'mr', 'nb', 'pl', 'pt-PT', 'ur']) {
    for (const number of numbers) {
      const text = new Intl.NumberFormat(language).format(number);
      assert.equal(typed(text, language), number, `${language} ${text}`);
    }
  }
  for (const text of ['1’000', "1'000"]) assert.equal(typed(text, 'de-CH'), 1000, text);
  assert.equal(typed('1,00,000', 'hi'), 100_000);
  for (const text of ['', '-1', '1.2.3', '1e3', 'ten', '.', ',', '1,00,0', '€']) assert.equal(typed(text, 'en'), null, text);
});
