// Watches an order until its payment is decided, and empties the cart of what was paid for.

import { request } from './requests.js';
import { store } from './store.js';

const OPEN = ['pending', 'awaiting_payment', 'processing', 'capturing'];
const FIRST_MS = 1500;
const LONGEST_MS = 15_000;

class OrderStatus extends HTMLElement {
  connectedCallback() {
    const shown = this.dataset.payment ?? /** @type {HTMLElement | null} */ (this.querySelector('[data-payment]'))?.dataset.payment ?? '';
    if (shown === 'paid') store.bought(this.token);
    if (OPEN.includes(shown)) this.wait(shown, FIRST_MS);
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  get token() { return (this.dataset.url ?? '').split('/').pop() ?? ''; }

  /** @param {string} shown @param {number} pause_ms */
  wait(shown, pause_ms) {
    this.timer = setTimeout(async () => {
      const answer = await /** @type {ReturnType<typeof request<{ payment: string }>>} */ (request(`/orders/${this.token}`));
      if (answer.ok && answer.body.payment !== shown) location.reload();
      else this.wait(shown, Math.min(pause_ms * 1.3, LONGEST_MS));
    }, pause_ms);
  }
}

customElements.define('order-status', OrderStatus);
