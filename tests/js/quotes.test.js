// Quotes: the latest answer counts, and what is shown is never older than the cart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { createQuotes } from '../../themes/default/assets/js/quotes.js';
import { createStore, keyOf } from '../../themes/default/assets/js/store.js';

const mug = { sku: 'MUG', quantity: 1, title: 'Mug' };

/** Quotes over an API whose answers the test gives. */
function setUp() {
  const store = createStore({});
  /** @type {{ cart: any, answer: (value: any) => void, signal: AbortSignal }[]} */
  const calls = [];
  const ask = (cart, signal) => new Promise((answer) => calls.push({ cart, answer, signal }));
  const quotes = createQuotes({ store, ask, pause_ms: 1 });
  const ending = new AbortController();
  return { store, quotes, calls, ending, start: () => quotes.start(ending.signal) };
}

const priced = (due) => ({ ok: true, body: { due } });

test('an empty cart asks nothing', async () => {
  const { quotes, calls, start } = setUp();
  start();
  await pause(5);
  assert.equal(calls.length, 0);
  assert.equal(quotes.state.status, 'empty');
});

test('an answer to an earlier question is not shown', async () => {
  const { store, quotes, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  store.setQuantity(keyOf(mug), 2);
  assert.equal(calls[0].signal.aborted, true);
  await pause(5);
  calls[1].answer(priced(200));
  await pause(1);
  calls[0].answer(priced(100));
  await pause(1);
  assert.equal(quotes.state.quote.due, 200);
  assert.equal(quotes.state.status, 'ready');
});

test('many changes in a moment are one question', async () => {
  const { store, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  calls[0].answer(priced(100));
  await pause(1);
  for (const quantity of [2, 3, 4]) store.setQuantity(keyOf(mug), quantity);
  await pause(10);
  assert.equal(calls.length, 2);
  assert.equal(calls[1].cart.lines[0].quantity, 4);
});

for (const [status, code] of /** @type {const} */ ([[0, 'offline'], [503, 'shop_unreachable']])) test(`${code}: the last numbers are kept, and it can be asked again`, async () => {
  const { store, quotes, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  calls[0].answer(priced(100));
  await pause(1);
  store.setQuantity(keyOf(mug), 2);
  await pause(5);
  calls[1].answer({ ok: false, problem: { status, code } });
  await pause(1);
  assert.equal(quotes.state.status, 'offline');
  assert.equal(quotes.state.problem.code, code);
  assert.equal(quotes.state.quote.due, 100);
  quotes.again();
  await pause(5);
  calls[2].answer(priced(200));
  await pause(1);
  assert.deepEqual([quotes.state.status, quotes.state.quote.due], ['ready', 200]);
});

test('a refusal is kept with its faults, and has no numbers', async () => {
  const { store, quotes, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  calls[0].answer(priced(100));
  await pause(1);
  store.setQuantity(keyOf(mug), 99);
  await pause(5);
  calls[1].answer({ ok: false, problem: { status: 422, code: 'invalid_quantity', faults: [{ code: 'invalid_quantity', sku: 'MUG', message: 'too many' }] } });
  await pause(1);
  assert.deepEqual([quotes.state.status, quotes.state.quote], ['refused', null]);
  assert.equal(quotes.state.problem.faults[0].sku, 'MUG');
});

test('a quote that came with a refusal is taken, and a late answer does not replace it', async () => {
  const { store, quotes, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  quotes.take({ due: 300 });
  calls[0].answer(priced(100));
  await pause(1);
  assert.equal(quotes.state.quote.due, 300);
});

test('emptying the cart forgets the quote', async () => {
  const { store, quotes, calls, start } = setUp();
  store.add(mug, 9);
  start();
  await pause(5);
  calls[0].answer(priced(100));
  await pause(1);
  store.remove(keyOf(mug));
  assert.deepEqual([quotes.state.status, quotes.state.quote], ['empty', null]);
});

test('nothing is asked after the end', async () => {
  const { store, calls, start, ending } = setUp();
  start();
  ending.abort();
  store.add(mug, 9);
  await pause(5);
  assert.equal(calls.length, 0);
});
