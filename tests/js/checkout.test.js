// What is sent at the checkout, and what is asked for before.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { complaints } from '../../themes/default/assets/js/checks.js';
import { place } from '../../themes/default/assets/js/placing.js';
import { uuid } from '../../themes/default/assets/js/uuid.js';
import { money, sentence } from '../../themes/default/assets/js/words.js';

const keys = () => {
  let n = 0;
  return () => `key-${(n += 1)}`;
};

test('the same body keeps its key, another one gets its own and names the order it replaces', () => {
  const make = keys();
  const first = place({ due: 1 }, null, make);
  assert.deepEqual([first.key, first.replaces], ['key-1', null]);
  assert.equal(place({ due: 1 }, first, make), first);
  const placed = { ...first, token: 'token-1' };
  assert.equal(place({ due: 1 }, placed, make).key, 'key-1', 'pressing again, or coming back, is the same order');
  const second = place({ due: 2 }, placed, make);
  assert.deepEqual([second.key, second.replaces, second.token], ['key-2', 'token-1', null]);
  assert.equal(place({ due: 3 }, second, make).replaces, 'token-1', 'what was never placed leaves the open order to be replaced');
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

test('amounts are shown with the scale of their currency', () => {
  assert.equal(money(2490, 'EUR', 'en'), '€24.90');
  assert.equal(money(2490, 'JPY', 'en'), '¥2,490');
  assert.equal(money(2490, 'KWD', 'en').replace(/\s/g, ' '), 'KWD 2.490');
  assert.equal(money(-350, 'EUR', 'en'), '-€3.50');
  assert.equal(sentence('only 2 left'), 'Only 2 left');
});
