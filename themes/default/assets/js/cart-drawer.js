// Shows the cart beside the page after something was added.

import { one } from './dom.js';
import { showLines } from './lines.js';
import { t } from './page.js';
import { quotes } from './page-quotes.js';
import { store } from './store.js';
import { amount } from './totals.js';

export class CartDrawer extends HTMLElement {
  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener('cart:quote', this, { signal });
    this.addEventListener('click', this, { signal });
  }

  disconnectedCallback() { this.ending?.abort(); }

  get dialog() { return /** @type {HTMLDialogElement} */ (one(this, 'dialog')); }

  /** @param {Event} event */
  handleEvent({ type, target }) {
    if (type === 'cart:quote') this.show();
    else if (target === this.dialog || (target instanceof Element && target.closest('[data-close]'))) this.dialog.close();
  }

  /** Shows the cart; the browser gives the focus back when the dialog closes. */
  open() {
    if (!this.started && this.ending) quotes.start(this.ending.signal);
    this.started = true;
    this.show();
    if (!this.dialog.open) this.dialog.showModal();
    one(this, '#drawer-title').focus();
  }

  show() {
    const { state } = quotes;
    if (!store.lines.length && this.dialog.open) return this.dialog.close();
    showLines(one(this, '[data-lines]'), state, Number(this.dataset.max));
    one(this, '[data-total]').textContent = state.quote ? amount(state.quote.subtotal, state.quote) : '';
    const words = { offline: t('cart.offline'), refused: t('cart.failed'), loading: '', ready: '', empty: '' }[state.status];
    one(this, '[data-status]').textContent = words;
  }
}

customElements.define('cart-drawer', CartDrawer);
