// Shows the cart beside the page after something was added.

/** @import { Quote } from '../../types' */

import { one } from './dom.js';
import { amount, language, t } from './page.js';
import { showPlain } from './plain-lines.js';
import { request } from './requests.js';
import { store } from './store.js';

export class CartDrawer extends HTMLElement {
  connectedCallback() { this.addEventListener('click', this); }

  disconnectedCallback() { this.removeEventListener('click', this); }

  get dialog() { return /** @type {HTMLDialogElement} */ (one(this, 'dialog')); }

  /** @param {Event} event */
  handleEvent({ target }) {
    if (target === this.dialog || (target instanceof Element && target.closest('[data-close]'))) this.dialog.close();
  }

  /** Shows the cart; the browser gives the focus back when the dialog closes. */
  async open() {
    const cart = store.request();
    this.asked = cart;
    this.show(null, '');
    if (!this.dialog.open) this.dialog.showModal();
    one(this, 'h2').focus();
    const answer = await /** @type {ReturnType<typeof request<Quote>>} */ (request('/quote', { ...cart, language }));
    if (this.asked !== cart) return;
    if (!answer.ok) return this.show(null, t(answer.problem.status ? 'cart.failed' : 'cart.offline'));
    this.show(answer.body, answer.body.lines.every((line) => line.available) ? '' : t('cart.unavailable'));
  }

  /** @param {Quote | null} quote @param {string} words */
  show(quote, words) {
    showPlain(one(this, '[data-lines]'), quote);
    one(this, '[data-total]').textContent = quote ? amount(quote.subtotal - quote.discount_total, quote.currency) : '';
    one(this, '[data-status]').textContent = words;
  }
}

customElements.define('cart-drawer', CartDrawer);
