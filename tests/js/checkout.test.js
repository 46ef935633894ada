// What is sent at the checkout, and what is asked for before.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { complaints } from '../../themes/default/assets/js/checks.js';
import { digest, place, troubleOf, uuid } from '../../themes/default/assets/js/placing.js';
import { isBlocked } from '../../themes/default/assets/js/quotes.js';
import { answerTo } from '../../themes/default/assets/js/wish.js';
import { money, sentence } from '../../themes/default/assets/js/words.js';

const keys = () => {
  let n = 0;
  return () => `key-${(n += 1)}`;
};

test('the same body keeps its key, another one gets its own and names the order it replaces', () => {
  const make = keys();
  const body = (due) => ({ due, lines: [{ sku: 'MUG', quantity: due }], email: 'mira@example.pt' });
  const first = place(body(1), null, make);
  assert.deepEqual([first.key, first.replaces], ['key-1', null]);
  assert.equal(place(body(1), first, make), first);
  const placed = { ...first, token: 'token-1' };
  assert.equal(place(body(1), placed, make).key, 'key-1', 'pressing again, or coming back, is the same order');
  const second = place(body(2), placed, make);
  const earlier = { token: 'token-1', lines: body(1).lines };
  assert.deepEqual([second.key, second.replaces, second.token, second.lines], ['key-2', earlier, null, body(2).lines]);
  assert.deepEqual(place(body(3), second, make).replaces, earlier, 'what was never placed leaves the open order to be replaced');
  assert.doesNotMatch(JSON.stringify(second), /mira/, 'nothing that was typed is kept');
});

test('an order that nobody is to blame for is sent again under its key', () => {
  const make = keys();
  const body = { lines: [{ sku: 'MUG', quantity: 1 }], expected_total: 2490 };
  const first = place(body, null, make);
  const cases = [
    [0, 'offline', 'checkout.offline'], [503, 'payment_unreachable', 'checkout.unreachable'], [503, 'shop_unreachable', 'checkout.failed'],
    [500, 'internal_error', 'checkout.failed'], [409, 'order_closed', null], [422, 'payment_unavailable', null],
  ];
  for (const [status, code, expected] of cases) assert.equal(troubleOf({ status, code }), expected, code);
  // What the cart remembers of it is unchanged by the trouble, so the button sends the same once more.
  assert.equal(place({ ...body }, JSON.parse(JSON.stringify(first)), make).key, first.key);
  assert.notEqual(place({ ...body, expected_total: 2500 }, first, make).key, first.key);
});

test('digests are FNV-1a of 64 bits', () => {
  assert.deepEqual(['', 'a', 'foobar'].map(digest), ['cbf29ce484222325', 'af63dc4c8601ec8c', '85944171f73967e8']);
});

test('keys are UUIDs of version 4', () => {
  const some = new Set(Array.from({ length: 50 }, uuid));
  assert.equal(some.size, 50);
  for (const key of some) assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('complaints name the field and the text', () => {
  const field = (name, value, more = {}) => ({ name, value, type: 'text', required: true, ...more });
  const cases = [
    [field('city', 'Porto'), []],
    [field('city', '  '), [['city', 'checkout.required']]],
    [field('line2', '', { required: false }), []],
    [field('email', '', { type: 'email' }), [['email', 'checkout.required']]],
    [field('email', 'mira', { type: 'email' }), [['email', 'checkout.email']]],
    [field('email', ' mira@example.pt ', { type: 'email' }), []],
    [field('accept_terms', 'true', { type: 'checkbox', checked: false }), [['accept_terms', 'checkout.accept']]],
    [field('accept_terms', 'true', { type: 'checkbox', checked: true }), []],
  ];
  for (const [input, expected] of cases) assert.deepEqual(complaints([input]), expected, JSON.stringify(input));
});

test('the cart goes on to the checkout unless it is refused, or sold out to others', () => {
  const placing = { digest: 'x', key: 'k', lines: [], token: 'mine', expires_at: null, replaces: null };
  const quote = (available) => ({ lines: [{ available: true }, { available }] });
  const cases = [
    ['ready', quote(true), null, false], ['ready', quote(false), null, true], ['ready', quote(false), placing, false],
    ['loading', null, null, false], ['refused', null, placing, true],
  ];
  for (const [status, some, order, expected] of cases) assert.equal(isBlocked({ status, quote: some, problem: null }, order), expected);
});

test('a press that came before the price counts when the total is the one that was shown', () => {
  const seen = { due: 100, currency: 'EUR' };
  const cases = [
    ['loading', seen, 'wait'], ['ready', { ...seen }, 'pay'], ['ready', { ...seen, due: 120 }, 'changed'],
    ['refused', null, 'drop'], ['offline', seen, 'drop'], ['empty', null, 'drop'],
  ];
  for (const [status, quote, expected] of cases) assert.equal(answerTo(seen, { status, quote, problem: null }), expected, status);
});

test('amounts are shown with the scale of their currency', () => {
  assert.equal(money(2490, 'EUR', 'en'), '€24.90');
  assert.equal(money(2490, 'JPY', 'en'), '¥2,490');
  assert.equal(money(2490, 'KWD', 'en').replace(/\s/g, ' '), 'KWD 2.490');
  assert.equal(money(-350, 'EUR', 'en'), '−€3.50');
  const text = (...args) => money(...args).replace(/\s/g, ' ');
  assert.equal(text(249000, 'HUF', 'en', 2), 'HUF 2,490.00', 'ISO has two decimals where browsers show none');
  assert.equal(text(2490, 'JPY', 'en', 0), '¥2,490');
  assert.equal(text(2490, 'KWD', 'en', 3), 'KWD 2.490');
  assert.equal(sentence('only 2 left'), 'Only 2 left');
});
