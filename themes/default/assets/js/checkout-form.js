// The checkout: address, method, consent; then the payment page. The total sent is the total shown (the shop refuses
// another one and says the right one).

/** @import { Problem, Quote } from '../../types' */

import { el, one } from './dom.js';
import { amount, language, t } from './page.js';
import { quotes } from './page-quotes.js';
import { showPlain } from './plain-lines.js';
import { store } from './store.js';
import { showMethods, showNotices, showTotals } from './totals.js';
import { answerTo } from './wish.js';
import { sentence } from './words.js';

const DRAFT = 'shopfront.checkout';
const load = () => import('./paying.js');
const ADDRESS = ['name', 'line1', 'line2', 'city', 'region', 'postcode', 'phone'];

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

class CheckoutForm extends HTMLElement {
  /** @type {Quote | undefined} what was shown when the button was pressed too early */
  wish;
  isShown = false;
  /** What the button says where no price is known. */
  pay_text = '';

  connectedCallback() {
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.form = /** @type {HTMLFormElement} */ (one(this, 'form'));
    this.restore();
    document.addEventListener('cart:quote', this, { signal });
    addEventListener('pageshow', this, { signal });
    for (const type of ['input', 'change', 'submit']) this.form.addEventListener(type, this, { signal });
    this.form.addEventListener('focusin', () => load().catch(() => {}), { signal, once: true });
    this.choose();
    quotes.start(signal);
    this.show();
  }

  disconnectedCallback() { this.ending?.abort(); }

  /** @param {Event} event */
  handleEvent(event) {
    const { type, target } = event;
    if (type === 'cart:quote') {
      this.show();
      this.grant();
    } else if (type === 'pageshow') this.busy('');
    else if (type === 'submit') {
      event.preventDefault();
      this.pay();
    } else {
      this.keep();
      const { name = '' } = /** @type {Field} */ (target);
      if (type === 'input') this.complain(name, '');
      else if (name === 'shipping') store.choose({ shipping: this.value('shipping') || null });
      if (type === 'change' && ['country', 'postcode', 'region'].includes(name)) this.choose();
    }
  }

  get fields() { return /** @type {Field[]} */ ([...this.form?.elements ?? []].filter((field) => 'name' in field && field.name)); }

  /** @param {string} name */
  value(name) { return String(new FormData(this.form).get(name) ?? '').trim(); }

  /** Tells the cart where it goes. */
  choose() {
    const wanted = { country: this.value('country') || null, postcode: this.value('postcode') || null, region: this.value('region') || null };
    const { cart } = store;
    const elsewhere = wanted.country !== cart.country;
    if (!store.lines.length || (!elsewhere && wanted.postcode === cart.postcode && wanted.region === cart.region)) return;
    store.choose(elsewhere ? { ...wanted, shipping: null } : wanted);
  }

  /** Keeps what was typed until the tab is closed. */
  keep() {
    const kept = this.fields.map((field) => [field.name, field instanceof HTMLInputElement && field.type === 'checkbox' ? field.checked : field.value]);
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(kept.filter(([name]) => name !== 'shipping'))));
    } catch { /* storage is switched off: nothing is kept */ }
  }

  restore() {
    let kept = /** @type {Record<string, string | boolean>} */ ({});
    try {
      kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? '{}');
    } catch { /* as above */ }
    const { country, region, postcode } = store.cart;
    for (const [name, value] of Object.entries({ country, region, postcode })) if (value) kept[name] = value;
    for (const field of this.fields) {
      const value = kept[field.name];
      if (value === undefined || (field instanceof HTMLInputElement && field.type === 'radio')) continue;
      if (typeof value === 'boolean') /** @type {HTMLInputElement} */ (field).checked = value;
      else field.value = value;
    }
  }

  show() {
    const { state } = quotes;
    const { quote } = state;
    // Shown at once and whole, so that nothing moves when the numbers come.
    const isFirst = !this.isShown && state.status === 'loading' && !quote;
    this.isShown = !isFirst;
    one(this, '[data-filled]').hidden = !store.lines.length || isFirst;
    one(this, '[data-empty]').hidden = !!store.lines.length;
    for (const name of ADDRESS) {
      const field = this.fields.find((some) => some.name === name);
      const row = /** @type {HTMLElement | null | undefined} */ (field?.closest('.field'));
      if (!row || !field || !quote) continue;
      const isNeeded = { region: quote.needs_region, postcode: quote.needs_postcode }[name];
      row.hidden = field.disabled = !quote.needs_shipping && !isNeeded;
      if (isNeeded !== undefined && 'required' in field) field.required = isNeeded;
    }
    showMethods(one(this, '[data-methods]'), quote, state.status === 'ready');
    showTotals(one(this, '[data-totals]'), state);
    showNotices(one(this, '[data-notices]'), state, () => quotes.again());
    showPlain(one(this, '[data-lines]'), quote);
    const pay = one(this, '[data-pay]');
    this.pay_text ||= pay.textContent ?? '';
    const waiting = state.status === 'loading' ? t('cart.loading') : this.pay_text;
    if (!this.isBusy) pay.textContent = quote ? t('checkout.pay', { total: amount(quote.due, quote.currency) }) : waiting;
  }

  /** @param {string} text what is being done, or nothing */
  busy(text) {
    this.isBusy = !!text;
    const button = one(this, '[data-pay]');
    button.setAttribute('aria-disabled', String(this.isBusy));
    one(this, '[data-status]').textContent = text;
  }

  /** Says what is wrong with a field, or that nothing is any more. @param {string} name @param {string} text */
  complain(name, text) {
    const place = document.getElementById(`${name}-error`);
    const field = this.fields.find((some) => some.name === name);
    if (!place || !field) return;
    place.textContent = text;
    if (text) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
  }

  /** All that is wrong, beside the fields and in a summary. @param {[string, string][]} wrong @param {string} [title] */
  refuse(wrong, title) {
    for (const field of this.fields) this.complain(field.name, '');
    for (const [name, text] of wrong) this.complain(name, text);
    const summary = one(this, '[data-summary]');
    summary.hidden = !wrong.length && !title;
    if (summary.hidden) return;
    const head = title ?? t('checkout.summary', { count: wrong.length });
    const label = (/** @type {string} */ name) => this.form?.querySelector(`.field:not(.consent) > label[for="${name}"]`)?.firstChild?.textContent?.trim();
    summary.replaceChildren(el('h2', {}, head), el('ul', {}, ...wrong.map(([name, text]) => el('li', {},
      el('a', { href: `#${name}` }, [label(name), text].filter(Boolean).join(': '))))));
    summary.focus();
  }

  async pay() {
    if (this.isBusy) return;
    // What the browser filled in may not have been told.
    this.choose();
    this.busy(t('cart.loading'));
    const paying = await load().catch(() => null);
    this.busy('');
    if (!paying) return this.refuse([], t('checkout.offline'));
    const { quote, status } = quotes.state;
    if (!quote) return;
    const wrong = paying.complaints(this.fields.filter((field) => !field.disabled).map((field) => ({
      name: field.name, value: field.value, type: field.type, required: 'required' in field && field.required,
      checked: field instanceof HTMLInputElement && field.checked,
    }))).map(([name, key]) => /** @type {[string, string]} */ ([name, t(key)]));
    this.refuse(wrong);
    if (wrong.length) return;
    if (status === 'loading') {
      this.wish = quote;
      this.busy(t('cart.loading'));
    } else if (status === 'ready') {
      const problem = await paying.order(this.body(quote), (text) => this.busy(text));
      if (!problem) return;
      this.busy('');
      const trouble = paying.troubleOf(problem);
      if (trouble) this.refuse([], t(trouble));
      else this.explain(problem, quote);
    }
  }

  /** Goes on with what was wanted while the price was being worked out. */
  grant() {
    const { wish } = this;
    const answer = wish ? answerTo(wish, quotes.state) : 'wait';
    if (!wish || answer === 'wait') return;
    this.wish = undefined;
    this.busy('');
    this.show();
    const { quote } = quotes.state;
    if (answer === 'pay') this.pay();
    else if (answer === 'changed' && quote) this.sayChanged(wish, quote);
  }

  /** @param {Quote} before @param {Quote} after */
  sayChanged(before, after) {
    this.refuse([], t('checkout.price_changed', { before: amount(before.due, before.currency), after: amount(after.due, after.currency) }));
  }

  /** @param {Quote} quote */
  body(quote) {
    const address = { ...Object.fromEntries(ADDRESS.map((name) => [name, this.value(name) || null])), country: this.value('country') };
    return {
      ...store.request(), language, gateway: this.value('gateway'), email: this.value('email'), note: this.value('note') || null,
      shipping: quote.shipping_method, accept_terms: this.value('accept_terms') === 'true', expected_total: quote.due,
      ...(quote.needs_shipping ? { ship_to: address } : {}),
    };
  }

  /** @param {Problem} problem @param {Quote} before */
  explain(problem, before) {
    const after = problem.quote;
    if (after) quotes.take(after);
    if (problem.code === 'price_changed' && after) return this.sayChanged(before, after);
    if (problem.code === 'out_of_stock') return this.refuse([], `${t('checkout.out_of_stock')} ${(problem.faults ?? []).map(({ message }) => sentence(message)).join('. ')}`);
    const own = (problem.faults ?? []).flatMap(({ field, message }) => (field ? [/** @type {[string, string]} */ ([field.split('.').pop() ?? '', sentence(message)])] : []));
    this.refuse(own, own.length ? undefined : problem.title ? sentence(problem.title) : t('checkout.failed'));
    this.show();
  }
}

customElements.define('checkout-form', CheckoutForm);
