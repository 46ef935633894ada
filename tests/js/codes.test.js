// Discount codes and gift cards: which a text is, and what a quote says of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { read, sortOut } from '../../themes/default/assets/js/codes.js';

test('sixteen letters and digits in fours are a gift card, everything else a discount', () => {
  const card = { kind: 'gift_cards', code: 'K7QF-2M9X-0000-1111' };
  const cases = [
    ['K7QF-2M9X-0000-1111', card], ['k7qf2m9x00001111', card], [' K7QF 2M9X 0000 1111 ', card], ['K7QF-2M9X 00001111', card],
    ['welcome', { kind: 'discounts', code: 'WELCOME' }], ['K7QF-2M9X-0000-111', { kind: 'discounts', code: 'K7QF-2M9X-0000-111' }],
    ['K7Q-F2M9X-0000-1111', { kind: 'discounts', code: 'K7Q-F2M9X-0000-1111' }], ['ÄQFF-2M9X-0000-1111', { kind: 'discounts', code: 'ÄQFF-2M9X-0000-1111' }],
    ['', null], ['  ', null],
  ];
  for (const [text, expected] of cases) assert.deepEqual(read(text), expected, text);
});

const notice = (code, reason, message = '') => ({ code, reason, message });

test('codes are taken or refused, each with its own reason', () => {
  const cart = { discounts: ['WELCOME', 'OLD', 'FREE', 'IDLE', 'SAME'], gift_cards: [] };
  const quote = {
    discounts: [
      { id: 'w', code: 'WELCOME', title: 'Welcome', amount: 500 }, { id: 't', title: 'Third free', amount: 200 },
      { id: 'f', code: 'FREE', title: 'Free delivery', amount: 0 }, { id: 'i', code: 'IDLE', title: 'Nothing', amount: 0 },
    ],
    notices: [
      { ...notice('invalid_discount', 'expired'), about: 'OLD' }, { ...notice('discount_not_needed', undefined), about: 'IDLE' },
    ],
  };
  const { taken, refused } = sortOut(cart, quote);
  assert.deepEqual(taken.map(({ code, title, amount, isIdle }) => [code, title, amount, isIdle]), [
    ['WELCOME', 'Welcome', 500, false], ['FREE', 'Free delivery', 0, false], ['IDLE', 'Nothing', 0, true],
  ], 'one for delivery waits for the country');
  assert.deepEqual(refused.map((some) => [some.code, some.notice?.reason]), [['OLD', 'expired'], ['SAME', undefined]]);
});

test('gift cards are told apart by their ends and their order', () => {
  const cart = { discounts: [], gift_cards: ['AAAA-AAAA-AAAA-0000', 'BBBB-BBBB-BBBB-1111', 'CCCC-CCCC-CCCC-2222', 'DDDD-DDDD-DDDD-3333'] };
  const quote = {
    gift_cards: [{ ends_in: '1111', amount: 1000, left: 0 }, { ends_in: '3333', amount: 0, left: 500 }],
    notices: [notice('invalid_gift_card', 'unknown'), notice('out_of_stock'), notice('invalid_gift_card', 'empty')],
  };
  const { taken, refused } = sortOut(cart, quote);
  assert.deepEqual(taken.map(({ code, title, amount, isIdle }) => [code.slice(-4), title, amount, isIdle]), [['1111', '1111', 1000, false], ['3333', '3333', 0, true]]);
  assert.deepEqual(refused.map((some) => [some.code.slice(-4), some.notice?.reason]), [['0000', 'unknown'], ['2222', 'empty']]);
});
