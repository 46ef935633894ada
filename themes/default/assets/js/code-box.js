// Takes discount codes and gift cards. One that is refused is told beside the input and leaves the cart, so that it is in no one's way.

/** @import { QuoteState } from '../../types' */
/** @import { Kind } from './codes.js' */

import { MOST, read, sortOut } from './codes.js';
import { el, icon, one } from './dom.js';
import { words } from './notices.js';
import { amount, t } from './page.js';
import { store } from './store.js';

class CodeBox extends HTMLElement {
  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener('cart:quote', this, { signal });
    for (const type of ['submit', 'input', 'click']) this.addEventListener(type, this, { signal });
    /** @type {HTMLButtonElement} */ (one(this, 'form button')).disabled = false;
  }

  disconnectedCallback() { this.ending?.abort(); }

  get details() { return /** @type {HTMLDetailsElement} */ (one(this, 'details')); }

  get input() { return /** @type {HTMLInputElement} */ (one(this, 'input')); }

  /** @param {Event} event */
  handleEvent(event) {
    const { type, target } = event;
    const chip = type === 'click' && target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest('[data-code]')) : null;
    if (type === 'submit') {
      event.preventDefault();
      this.enter();
    } else if (type === 'input') this.say('');
    else if (chip) this.drop(/** @type {Kind} */ (chip.dataset.kind), chip.dataset.code ?? '');
    else if (type === 'cart:quote') this.show(/** @type {CustomEvent<QuoteState>} */ (event).detail);
  }

  enter() {
    const { discounts, gift_cards } = store.cart;
    const entered = read(this.input.value);
    if (!entered) return this.say(t('codes.empty'));
    const { kind, code } = entered;
    if (store.cart[kind].includes(code)) return this.say(t('codes.twice'));
    if (discounts.length + gift_cards.length >= MOST) return this.say(t('codes.most', { count: MOST }));
    this.wanted = code;
    this.say('');
    store.choose({ [kind]: [...store.cart[kind], code] });
  }

  /** @param {Kind} kind @param {string} code */
  drop(kind, code) {
    store.choose({ [kind]: store.cart[kind].filter((some) => some !== code) });
    this.say('');
    one(this, '[data-done]').textContent = t('codes.removed', { code });
    (this.details.open ? this.input : one(this, 'summary')).focus();
  }

  /** Says what is wrong with what was typed, or nothing. @param {string} text */
  say(text) {
    one(this, '[data-error]').textContent = text;
    this.input.setAttribute('aria-invalid', String(!!text));
    if (text) this.input.focus();
  }

  /** @param {QuoteState} state */
  show({ status, quote }) {
    if (status !== 'ready' || !quote) return;
    const { taken, refused } = sortOut(store.cart, quote);
    const chips = taken.map(({ kind, code, title, amount: minor, isIdle }) => {
      const name = kind === 'discounts' ? title : t('cart.gift_card', { ends_in: title });
      const text = minor ? amount(-minor, quote.currency) : isIdle ? t('codes.idle') : '';
      return el('li', { class: 'chip' }, el('span', {}, `${name} `, el('span', { class: 'chip__amount' }, text)),
        el('button', { type: 'button', 'data-kind': kind, 'data-code': code, 'aria-label': t('codes.remove', { title: name }) }, icon('close')));
    });
    one(this, '[data-codes]').replaceChildren(...chips);
    const { wanted } = this;
    const mine = taken.find(({ code }) => code === wanted);
    if (mine) {
      one(this, '[data-done]').textContent = t('codes.taken', { code: mine.code });
      this.input.value = '';
      this.wanted = undefined;
    }
    if (!refused.length) return;
    const kept = (/** @type {Kind} */ kind) => store.cart[kind].filter((code) => !refused.some((some) => some.kind === kind && some.code === code));
    this.details.open = true;
    const text = refused.map(({ notice, code }) => `${code}: ${notice ? words(notice) : t('codes.same')}`).join('. ');
    // Why a code that was taken once is taken no more is told as well, but without moving the focus.
    if (wanted) this.say(text);
    else one(this, '[data-error]').textContent = text;
    this.wanted = undefined;
    store.choose({ discounts: kept('discounts'), gift_cards: kept('gift_cards') });
  }
}

customElements.define('code-box', CodeBox);
