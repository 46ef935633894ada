// Shows the cart beside the page after something was added.

import { one } from './dom.js';
import { showLines } from './lines.js';
import { t } from './page.js';
import { quotes } from './page-quotes.js';
import { store } from './store.js';
import { amount } from './totals.js';

class CartDrawer extends HTMLElement {
  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    document.addEventListener('cart:open', this, { signal });
    document.addEventListener('cart:quote', this, { signal });
    this.addEventListener('click', this, { signal });
  }

  disconnectedCallback() { this.ending?.abort(); }

  get dialog() { return /** @type {HTMLDialogElement} */ (one(this, 'dialog')); }

  /** @param {Event} event */
  handleEvent({ type, target }) {
    if (type === 'cart:open') this.open();
    else if (type === 'cart:quote') this.show();
    else if (target === this.dialog || (target instanceof Element && target.closest('[data-close]'))) this.dialog.close();
  }

  open() {
    if (!this.started && this.ending) quotes.start(this.ending.signal);
    this.started = true;
    this.show();
    // The browser gives the focus back to the button when the dialog closes.
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
