// The cart: what it keeps, how it survives other tabs, broken storage and second thoughts.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createStore, fit, keyOf } from '../../themes/default/assets/js/store.js';

const KEY = 'shopfront.cart';

/** A storage that several carts, as in several tabs, may share. */
function memory(text) {
  const kept = new Map(text === undefined ? [] : [[KEY, text]]);
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => { kept.set(key, value); } };
}

function counted(options = {}) {
  const events = new EventTarget();
  const store = createStore({ storage: memory(), events, ...options });
  const told = { changes: 0 };
  events.addEventListener('cart:change', () => { told.changes += 1; });
  return { store, told };
}

const mug = { sku: 'MUG', quantity: 1, title: 'Mug' };
const tote = { sku: 'TOTE', quantity: 2, fields: { Colour: 'Sand' }, title: 'Tote' };

test('equal lines become one, up to the limit', () => {
  const { store, told } = counted();
  assert.equal(store.add(mug, 3), 1);
  assert.equal(store.add({ ...mug, quantity: 5 }, 3), 2);
  assert.equal(store.add(mug, 3), 0);
  assert.deepEqual(store.lines.map(({ sku, quantity }) => [sku, quantity]), [['MUG', 3]]);
  assert.equal(told.changes, 2, 'a full line announces nothing');
});

test('fields make another line, in any order of their names', () => {
  const { store } = counted();
  store.add(tote, 9);
  store.add({ ...tote, fields: { Colour: 'Ink' } }, 9);
  assert.equal(store.lines.length, 2);
  assert.equal(store.count, 4);
  assert.equal(keyOf({ sku: 'A', fields: { x: '1', y: '2' } }), keyOf({ sku: 'A', fields: { y: '2', x: '1' } }));
});

test('quantities that are none change nothing', () => {
  const { store, told } = counted();
  store.add(mug, 9);
  for (const quantity of [0, -1, 1.5, NaN]) assert.equal(store.setQuantity(keyOf(mug), quantity), 1, 'the field shows the cart’s');
  assert.equal(store.count, 1);
  assert.equal(store.setQuantity(keyOf(mug), 4), 4);
  assert.equal(store.count, 4);
  assert.equal(told.changes, 2);
});

test('what was removed comes back in its place', () => {
  const { store } = counted();
  for (const sku of ['A', 'B', 'C']) store.add({ sku, quantity: 1, title: sku }, 9);
  store.remove(keyOf({ sku: 'B' }));
  assert.equal(store.removed?.title, 'B');
  store.undo();
  assert.deepEqual(store.lines.map(({ sku }) => sku), ['A', 'B', 'C']);
  store.undo();
  assert.equal(store.lines.length, 3, 'once only');
});

test('a cart survives a reload and is the same in another tab', () => {
  const storage = memory();
  const [here, there] = [new EventTarget(), new EventTarget()];
  const one = createStore({ storage, window: here });
  const two = createStore({ storage, window: there });
  let heard = 0;
  two.events.addEventListener('cart:change', () => { heard += 1; });
  one.add(mug, 9);
  there.dispatchEvent(Object.assign(new Event('storage'), { key: KEY }));
  assert.equal(two.count, 1);
  there.dispatchEvent(Object.assign(new Event('storage'), { key: 'something else' }));
  there.dispatchEvent(new Event('pageshow'));
  assert.equal(heard, 1, 'what did not change is not announced');
  assert.equal(createStore({ storage }).count, 1);
});

test('a page from the back button sees what happened meanwhile', () => {
  const storage = memory();
  const window = new EventTarget();
  const old = createStore({ storage, window });
  createStore({ storage }).add(mug, 9);
  window.dispatchEvent(new Event('pageshow'));
  assert.equal(old.count, 1);
});

test('two tabs that write one after the other lose nothing', () => {
  const storage = memory();
  const [one, two] = [createStore({ storage }), createStore({ storage })];
  one.add(mug, 9);
  two.add(tote, 9);
  assert.deepEqual(createStore({ storage }).lines.map(({ sku }) => sku), ['MUG', 'TOTE']);
});

test('what cannot be read is an empty cart', () => {
  const texts = ['', '{', 'null', '[]', '{"version":2,"lines":[]}', '{"version":1,"lines":7}'];
  for (const text of texts) assert.equal(createStore({ storage: memory(text) }).count, 0, text);
  const some = '{"version":1,"lines":[{"sku":"A","quantity":2,"fields":{},"title":"A"},{"sku":"B","quantity":-1,"fields":{}},null]}';
  assert.equal(createStore({ storage: memory(some) }).count, 2, 'good lines stay');
});

test('without storage the cart lives as long as the page', () => {
  const broken = { getItem() { throw new Error('off'); }, setItem() { throw new Error('full'); } };
  for (const storage of [undefined, broken]) {
    const store = createStore({ storage });
    store.add(mug, 9);
    store.add(tote, 9);
    assert.equal(store.count, 3);
  }
});

const placing = { digest: 'x', key: 'k', lines: [{ sku: 'MUG', quantity: 1 }], replaces: null, token: 'mine', expires_at: null };

test('only the order that was placed empties the cart, and keeps the country', () => {
  const { store } = counted();
  store.add(mug, 9);
  store.choose({ country: 'PT', shipping: 'post' });
  store.place(placing);
  store.bought('another');
  assert.equal(store.count, 1);
  store.bought('mine');
  assert.equal(store.count, 0);
  assert.equal(store.cart.country, 'PT');
  assert.equal(store.cart.placing, null);
});

test('what was added since, or was never in the order, stays', () => {
  const { store } = counted();
  store.add({ ...mug, quantity: 3 }, 9);
  store.add(tote, 9);
  store.place({ ...placing, lines: [{ sku: 'MUG', quantity: 2 }, { sku: 'TOTE', quantity: 5, fields: { Colour: 'Ink' } }] });
  store.bought('mine');
  assert.deepEqual(store.lines.map(({ sku, quantity }) => [sku, quantity]), [['MUG', 1], ['TOTE', 2]]);
  store.bought('mine');
  assert.equal(store.count, 3, 'once only');
});

test('an order that was paid after all, though another was to replace it, takes its own lines', () => {
  const { store } = counted();
  store.add({ ...mug, quantity: 3 }, 9);
  store.place({ ...placing, token: null, lines: store.request().lines, replaces: { token: 'earlier', lines: [{ sku: 'MUG', quantity: 2 }] } });
  store.bought('earlier');
  assert.deepEqual([store.count, store.cart.placing], [1, null]);
});

test('an order that is long over is forgotten, and the cart stays', () => {
  const expires_at = '2026-03-01T12:00:00Z';
  for (const [time, token] of [['2026-03-01T12:30:00Z', 'mine'], ['2026-03-02T12:30:00Z', undefined]]) {
    const storage = memory();
    const store = createStore({ storage });
    store.add(mug, 9);
    store.place({ ...placing, expires_at });
    const later = createStore({ storage, now: () => Date.parse(time) });
    assert.deepEqual([later.cart.placing?.token, later.count], [token, 1], time);
    assert.equal(storage.getItem(KEY).includes('mine'), token === 'mine', time);
  }
});

test('the request has what the API knows, and nothing else', () => {
  const { store } = counted();
  store.add(mug, 9);
  store.add(tote, 9);
  assert.deepEqual(store.request(), {
    lines: [{ sku: 'MUG', quantity: 1 }, { sku: 'TOTE', quantity: 2, fields: { Colour: 'Sand' } }],
    currency: null, country: null, region: null, postcode: null, shipping: null, discounts: [], gift_cards: [],
  });
  store.choose({ discounts: ['WELCOME'], gift_cards: ['AAAA-BBBB-CCCC-1111'], postcode: '4050-262' });
  const { discounts, gift_cards, postcode } = store.request();
  assert.deepEqual([discounts, gift_cards, postcode], [['WELCOME'], ['AAAA-BBBB-CCCC-1111'], '4050-262']);
});

test('a currency is the shop’s, in all tabs, and survives an order', () => {
  const storage = memory();
  const window = new EventTarget();
  const shop = { storage, currencies: ['EUR', 'USD'] };
  const here = createStore(shop);
  const there = createStore({ ...shop, window });
  assert.equal(here.currency, 'EUR', 'the shop’s first');
  here.add(mug, 9);
  here.choose({ currency: 'USD' });
  window.dispatchEvent(Object.assign(new Event('storage'), { key: KEY }));
  assert.deepEqual([there.currency, there.request().currency], ['USD', 'USD']);
  here.place(placing);
  here.bought('mine');
  assert.deepEqual([here.count, here.currency], [0, 'USD']);
  assert.equal(createStore({ storage, currencies: ['EUR', 'GBP'] }).currency, 'EUR', 'one that the shop has given up is not asked for');
});

test('codes that cannot be read are none', () => {
  const text = '{"version":1,"lines":[],"discounts":"WELCOME","gift_cards":7}';
  const { cart } = createStore({ storage: memory(text) });
  assert.deepEqual([cart.discounts, cart.gift_cards], [[], []]);
});

test('quantities fit the limits', () => {
  const cases = [
    [3, {}, 3], [7, { max: 5 }, 5], [1, { min: 2 }, 2], [7, { step: 5 }, 5], [8, { step: 5 }, 10], [1, { step: 6, max: 20 }, 6],
    [30, { step: 6, max: 20 }, 18], [4, { min: 5, step: 2 }, 6],
  ];
  for (const [wanted, limits, expected] of cases) assert.equal(fit(wanted, limits), expected, JSON.stringify([wanted, limits]));
});

test('a line keeps its limits', () => {
  const { store } = counted();
  const cards = { sku: 'CARDS', quantity: 6, title: 'Cards', min: 6, step: 6 };
  assert.equal(store.add(cards, 20), 6);
  assert.equal(store.add({ ...cards, quantity: 18 }, 20), 12, 'up to the last step below the limit');
  assert.equal(store.add(cards, 20), 0);
  assert.equal(store.setQuantity(keyOf(cards), 7), 6);
  assert.equal(store.setQuantity(keyOf(cards), 1), 6);
  assert.equal(store.setQuantity(keyOf(cards), 50), 18);
  assert.deepEqual(store.request().lines, [{ sku: 'CARDS', quantity: 18 }], 'the API has its own');
});

test('no more than sixty lines', () => {
  const { store } = counted();
  for (let i = 0; i < 60; i += 1) assert.equal(store.add({ sku: `S${i}`, quantity: 1, title: '' }, 9), 1);
  assert.equal(store.add(mug, 9), 0);
});
