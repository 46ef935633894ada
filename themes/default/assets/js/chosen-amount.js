// Suggestions for an amount that the buyer chooses, such as that of a gift card.

class ChosenAmount extends HTMLElement {
  connectedCallback() { this.addEventListener('click', this); }

  disconnectedCallback() { this.removeEventListener('click', this); }

  /** @param {Event} event */
  handleEvent({ target }) {
    const button = target instanceof Element && target.closest('button');
    const input = this.querySelector('input');
    if (button && input) input.value = button.value;
  }
}

customElements.define('chosen-amount', ChosenAmount);
