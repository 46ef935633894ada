// Sorts the cards of the page; the choice stands in the address.

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const ORDERS = {
  new: (a, b) => Number(b.dataset.day) - Number(a.dataset.day),
  cheap: (a, b) => Number(a.dataset.price ?? Infinity) - Number(b.dataset.price ?? Infinity),
  dear: (a, b) => Number(b.dataset.price ?? 0) - Number(a.dataset.price ?? 0),
  name: (a, b) => (a.dataset.title ?? '').localeCompare(b.dataset.title ?? '', document.documentElement.lang),
};

class ListSort extends HTMLElement {
  /** @type {Element[] | undefined} in the shop's order */
  items;

  connectedCallback() {
    const select = this.querySelector('select');
    const list = document.querySelector(`#${this.dataset.target} > ul`);
    if (!select || !list) return;
    this.items ??= [...list.children];
    this.list = list;
    const wanted = new URLSearchParams(location.search).get('sort') ?? '';
    select.value = wanted in ORDERS ? wanted : '';
    if (select.value) this.sort(select.value);
    select.addEventListener('change', this);
  }

  disconnectedCallback() {
    this.querySelector('select')?.removeEventListener('change', this);
  }

  /** @param {Event} event */
  handleEvent({ target }) {
    const { value } = /** @type {HTMLSelectElement} */ (target);
    const url = new URL(location.href);
    if (value) url.searchParams.set('sort', value);
    else url.searchParams.delete('sort');
    history.replaceState(null, '', url);
    this.sort(value);
  }

  /** @param {string} name */
  sort(name) {
    const order = ORDERS[name];
    const card = (/** @type {Element} */ item) => /** @type {HTMLElement} */ (item.firstElementChild);
    const items = [...this.items ?? []];
    this.list?.append(...(order ? items.sort((a, b) => order(card(a), card(b))) : items));
  }
}

customElements.define('list-sort', ListSort);
