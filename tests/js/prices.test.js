// Prices: which period holds and when it ends, what changed since the shopper looked, and totals that add up.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createClock, current } from '../../themes/default/assets/js/periods.js';
import { rowsOf } from '../../themes/default/assets/js/quotes.js';
import { look } from '../../themes/default/assets/js/seen.js';
import { createStore, keyOf } from '../../themes/default/assets/js/store.js';

const AT_MS = Date.parse('2026-11-30T22:00:00Z');
const HOUR_S = 60 * 60;
const END_S = AT_MS / 1000 + HOUR_S;

/** A day begins for prices, with timers that the test moves. @param {import('node:test').TestContext} context */
const begin = (context) => context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: AT_MS });

test('a period ends with the second that it names', (context) => {
  begin(context);
  const periods = [{ until: END_S, text: 'sale' }, { until: END_S + HOUR_S, text: 'between' }, { until: null, text: 'after' }];
  const texts = [0, HOUR_S * 1000 - 1, 1, HOUR_S * 1000, HOUR_S * 1000].map((later_ms) => {
    context.mock.timers.tick(later_ms);
    return current(periods)?.text;
  });
  assert.deepEqual(texts, ['sale', 'sale', 'between', 'after', 'after']);
  assert.equal(current([{ until: END_S - HOUR_S, text: 'only' }])?.text, 'only', 'an old page shows its last price');
  assert.equal(current([]), undefined);
});

/** A clock, and how often it told. */
function clock() {
  const window = new EventTarget();
  const told = { times: 0 };
  const wakeAt = createClock(() => { told.times += 1; }, window);
  return { wakeAt, told, seen: (type = 'visibilitychange') => window.dispatchEvent(new Event(type)) };
}

test('the earliest end is told when it comes, once', (context) => {
  begin(context);
  const { wakeAt, told } = clock();
  for (const until of [END_S + HOUR_S, END_S, null, undefined, END_S + 1]) wakeAt(until);
  context.mock.timers.tick(HOUR_S * 1000 - 1);
  assert.equal(told.times, 0);
  context.mock.timers.tick(1);
  assert.equal(told.times, 1);
  context.mock.timers.tick(5 * HOUR_S * 1000);
  assert.equal(told.times, 1, 'who shows prices says what comes next');
});

test('a far end is waited for in steps that a timer can hold', (context) => {
  begin(context);
  const { wakeAt, told } = clock();
  const days = 60;
  wakeAt(AT_MS / 1000 + days * 24 * HOUR_S);
  for (let day = 1; day <= days; day += 1) {
    assert.equal(told.times, 0, `day ${day}`);
    context.mock.timers.tick(24 * HOUR_S * 1000);
  }
  assert.equal(told.times, 1);
});

test('a page that slept over the end tells when it is seen again', (context) => {
  begin(context);
  for (const type of ['visibilitychange', 'pageshow']) {
    const { wakeAt, told, seen } = clock();
    wakeAt(Date.now() / 1000 + HOUR_S);
    seen(type);
    assert.equal(told.times, 0);
    context.mock.timers.setTime(Date.now() + 2 * HOUR_S * 1000);
    seen(type);
    assert.equal(told.times, 1, type);
  }
});

const mug = { sku: 'MUG', quantity: 1, title: 'Mug' };
const tote = { sku: 'TOTE', quantity: 1, fields: { Colour: 'Sand' }, title: 'Tote' };

/** @param {number} price @param {object} [more] */
const quoted = (price, more = {}) => ({
  currency: 'EUR', lines: [{ sku: 'MUG', product: 'mug', fields: {}, unit_price: price }], ...more,
});

/** What a store with these lines is told by a quote. @param {ReturnType<typeof createStore>} store @param {object} quote */
function told(store, quote) {
  /** @type {unknown[]} */
  let changes = [];
  store.note((lines) => {
    const { looked, changed } = look(lines, quote);
    changes = changed;
    return looked;
  });
  return changes;
}

test('a price that changed since the shopper looked is told once', () => {
  const store = createStore({});
  store.add(mug, 9);
  store.add(tote, 9);
  assert.deepEqual(told(store, quoted(2490)), [], 'the first look');
  assert.deepEqual(told(store, quoted(2490)), []);
  assert.deepEqual(told(store, quoted(2700)), [[keyOf(mug), { currency: 'EUR', minor: 2490 }]]);
  assert.deepEqual(told(store, quoted(2700)), [], 'then it is known');
  assert.deepEqual(told(store, quoted(2900, { currency: 'USD' })), [], 'another currency has another price');
  assert.deepEqual(told(store, { ...quoted(0), lines: [{ sku: 'MUG', product: null, fields: {}, unit_price: 0 }] }), [], 'what is gone has none');
  assert.equal(store.lines[1].seen, undefined);
});

test('the price on the page counts as seen; a change by the shopper’s own hand is none', () => {
  const store = createStore({});
  store.add({ ...mug, seen: { currency: 'EUR', minor: 2490 } }, 99);
  assert.deepEqual(told(store, quoted(2700)).length, 1);
  store.setQuantity(keyOf(mug), 10);
  assert.deepEqual(told(store, quoted(2200)), [], 'ten cost less');
  store.add({ ...mug, fields: { engraving: 'M' } }, 99);
  assert.deepEqual(told(store, quoted(2100)), [], 'lines of one article count together');
});

test('what is noted is announced only when it is new', () => {
  const store = createStore({});
  store.add(mug, 9);
  let changes = 0;
  store.events.addEventListener('cart:change', () => { changes += 1; });
  told(store, quoted(2490));
  told(store, quoted(2490));
  assert.equal(changes, 1);
});

const plain = {
  currency: 'EUR', subtotal: 5000, discount_total: 0, needs_shipping: true, needs_region: false, needs_postcode: false, shipping: 490, shipping_discount: 0, tax_included: true,
  tax_total: 0, taxes: [], total: 5490, gift_cards_total: 0, due: 5490,
};
const quotes = {
  plain,
  'nothing to send': { ...plain, needs_shipping: false, shipping: 0, total: 5000, due: 5000 },
  'shipping unknown': { ...plain, shipping: null, total: 5000, due: 5000 },
  'discounts of lines and of shipping': {
    ...plain, discount_total: 700, discounts: [{ title: 'Welcome', amount: 500 }, { title: 'Free', amount: 490 }, { title: 'Third', amount: 200 }, { title: 'Idle', amount: 0 }],
    shipping: 0, shipping_discount: 490, total: 4300, due: 4300,
  },
  'tax included': { ...plain, tax_total: 877, taxes: [{ rate_bp: 1900, tax: 850 }, { rate_bp: 700, tax: 27 }] },
  'tax on top': { ...plain, tax_included: false, tax_total: 470, taxes: [{ rate_bp: 810, tax: 445 }, { rate_bp: 260, tax: 25 }], total: 5960, due: 5960 },
  'gift cards': {
    ...plain, gift_cards: [{ ends_in: '1111', amount: 1000, left: 0 }, { ends_in: '2222', amount: 490, left: 10 }], gift_cards_total: 1490, due: 4000,
  },
  'paid by a card': { ...plain, gift_cards: [{ ends_in: '1111', amount: 5490, left: 10 }], gift_cards_total: 5490, due: 0 },
};

test('the rows of every quote sum to its total, and on to what is due', () => {
  for (const [name, quote] of Object.entries(quotes)) {
    const rows = rowsOf({ ...quote, notices: [], lines: [] }, (rate_bp) => `${rate_bp / 100} %`);
    let sum = 0;
    for (const { kind, minor } of rows) {
      if (kind === 'total') assert.equal(minor, sum, name);
      else if (!kind) sum += minor ?? 0;
    }
    assert.equal(sum, quote.due, name);
    assert.deepEqual(rows.filter(({ kind }) => kind === 'note').map(({ minor }) => minor), quote.tax_included ? quote.taxes.map(({ tax }) => tax) : [], name);
  }
});

test('the last of the rows says what is to be paid', () => {
  const keys = (name) => rowsOf({ ...quotes[name], notices: [], lines: [] }, String).map(({ key, title, values }) => title ?? values?.ends_in ?? key);
  assert.deepEqual(keys('plain'), ['cart.subtotal', 'cart.shipping', 'cart.total']);
  assert.deepEqual(keys('gift cards'), ['cart.subtotal', 'cart.shipping', 'cart.total', '1111', '2222', 'cart.due']);
  assert.deepEqual(keys('discounts of lines and of shipping'), ['cart.subtotal', 'cart.shipping', 'Welcome', 'Free', 'Third', 'cart.total']);
});
