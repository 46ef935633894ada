// The cart: the only place that knows what is in it. Shared between tabs and visits, it announces each change by
// `cart:change` and knows no price.

/** @import { Cart, Limits, Line, Ordered, Placing } from '../../types' */

const KEY = 'shopfront.cart';
const MAX_LINES = 60;
// The shopper may come back late from paying, and with a clock that is wrong.
const LATE_MS = 24 * 60 * 60 * 1000;

/** @returns {Cart} */
const empty = () => ({
  version: 1, lines: [], currency: null, country: null, region: null, postcode: null, shipping: null, discounts: [], gift_cards: [],
  placing: null,
});

/**
 * What makes two lines the same.
 * @param {{ sku: string, fields?: Record<string, string> }} line
 */
export const keyOf = ({ sku, fields = {} }) => JSON.stringify([sku, Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** The quantity nearest to a wanted one that can be ordered. @param {number} quantity @param {Limits} limits */
export function fit(quantity, { min = 1, max = Infinity, step = 1 }) {
  return Math.max(Math.ceil(min / step), Math.min(Math.floor(max / step), Math.round(quantity / step))) * step;
}

/** @param {unknown} value @returns {value is Line} */
function isLine(value) {
  const line = /** @type {Partial<Line> | null} */ (value);
  return !!line && typeof line.sku === 'string' && Number.isInteger(line.quantity) && Number(line.quantity) > 0
    && typeof line.fields === 'object' && line.fields !== null;
}

/** @param {string | null} text @returns {Cart} what was kept, or an empty cart where that cannot be read */
function parse(text) {
  try {
    const kept = JSON.parse(text ?? 'null');
    if (kept?.version !== 1 || !Array.isArray(kept.lines)) return empty();
    const codes = (/** @type {unknown} */ list) => (Array.isArray(list) ? list : []);
    return {
      ...empty(), ...kept, lines: kept.lines.filter(isLine), discounts: codes(kept.discounts), gift_cards: codes(kept.gift_cards),
      placing: Array.isArray(kept.placing?.lines) ? kept.placing : null,
    };
  } catch {
    return empty();
  }
}

/**
 * What is still wanted when an order was paid: the cart may have changed since it was placed.
 * @param {Line[]} lines
 * @param {Ordered[]} ordered
 */
function without(lines, ordered) {
  const had = new Map(ordered.map((line) => [keyOf(line), line.quantity]));
  return lines.map((line) => ({ ...line, quantity: line.quantity - (had.get(keyOf(line)) ?? 0) })).filter(isLine);
}

/** Prices for many hold for a SKU over all its lines, so what one cost before means nothing when one of them changes. @param {Line[]} lines @param {string} sku */
const unseen = (lines, sku) => lines.map((line) => (line.sku === sku ? { ...line, seen: undefined } : line));

/**
 * @param {{
 *   storage?: Pick<Storage, 'getItem' | 'setItem'>, events?: EventTarget, window?: EventTarget, now?: () => number,
 *   currencies?: string[],
 * }} places `currencies` are the shop's, its default first
 */
export function createStore({ storage, events = new EventTarget(), window = new EventTarget(), now = Date.now, currencies = [] }) {
  let text = /** @type {string | null} */ (null);
  let cart = empty();
  /** @type {{ line: Line, index: number } | null} */
  let removed = null;

  // Another tab may have written since: what is kept always wins over what is remembered.
  const read = () => {
    let kept = text;
    try {
      kept = storage ? storage.getItem(KEY) : text;
    } catch { /* storage is switched off: this tab's cart lives as long as the page */ }
    if (kept === text) return false;
    text = kept;
    cart = parse(text);
    return true;
  };

  const announce = () => events.dispatchEvent(new CustomEvent('cart:change'));

  /** @param {Partial<Cart>} changes */
  const write = (changes) => {
    cart = { ...cart, ...changes };
    text = JSON.stringify(cart);
    try {
      storage?.setItem(KEY, text);
    } catch { /* full or switched off: as above */ }
    announce();
  };

  const reload = () => {
    if (read()) announce();
  };
  window.addEventListener('storage', (event) => {
    const { key } = /** @type {StorageEvent} */ (event);
    if (key === KEY || key === null) reload();
  });
  window.addEventListener('pageshow', reload);
  read();
  if (cart.placing?.expires_at && Date.parse(cart.placing.expires_at) + LATE_MS < now()) write({ placing: null });

  return {
    events,

    get lines() { return cart.lines; },
    get count() { return cart.lines.reduce((sum, line) => sum + line.quantity, 0); },
    get cart() { return cart; },
    get removed() { return removed?.line ?? null; },
    /** What prices are shown in: the shopper's choice, while the shop has it. */
    get currency() { return currencies.find((code) => code === cart.currency) ?? currencies[0] ?? null; },

    /**
     * Puts something in, up to `max` of it.
     * @param {Omit<Line, 'fields'> & { fields?: Line['fields'] }} wanted `seen` is what one cost on the page
     * @param {number} max
     * @returns {number} how many were added; 0 when the line, or the cart, is full
     */
    add({ sku, fields = {}, ...wanted }, max) {
      read();
      const key = keyOf({ sku, fields });
      const there = cart.lines.find((line) => keyOf(line) === key);
      const quantity = Math.min((there?.quantity ?? 0) + fit(wanted.quantity, wanted), fit(max, { ...wanted, max }));
      const added = quantity - (there?.quantity ?? 0);
      if (added < 1 || (!there && cart.lines.length >= MAX_LINES)) return 0;
      removed = null;
      const line = { ...wanted, sku, fields, quantity, max };
      const lines = unseen(cart.lines, sku).map((some) => (keyOf(some) === key ? line : some));
      write({ lines: there ? lines : [...lines, line] });
      return added;
    },

    /** @param {string} key @param {number} quantity at least 1 @returns {number} how many there are now: what can be ordered and is nearest */
    setQuantity(key, quantity) {
      read();
      const line = cart.lines.find((some) => keyOf(some) === key);
      if (!line || !Number.isInteger(quantity) || quantity < 1) return line?.quantity ?? 0;
      const fitting = fit(quantity, line);
      write({ lines: unseen(cart.lines, line.sku).map((some) => (keyOf(some) === key ? { ...some, quantity: fitting } : some)) });
      return fitting;
    },

    /** Notes something about the lines. @param {(lines: Line[]) => Line[]} change */
    note(change) {
      read();
      const lines = change(cart.lines);
      if (lines.some((line, i) => line !== cart.lines[i])) write({ lines });
    },

    /** @param {string} key */
    remove(key) {
      read();
      const index = cart.lines.findIndex((line) => keyOf(line) === key);
      const line = cart.lines[index];
      if (!line) return;
      removed = { line, index };
      write({ lines: unseen(cart.lines.filter((other) => other !== line), line.sku) });
    },

    /** Puts back what was removed last. */
    undo() {
      read();
      if (!removed) return;
      const { line, index } = removed;
      removed = null;
      const others = cart.lines.filter((other) => keyOf(other) !== keyOf(line));
      write({ lines: unseen([...others.slice(0, index), line, ...others.slice(index)], line.sku) });
    },

    /** @param {Partial<Omit<Cart, 'version' | 'lines' | 'placing'>>} choices */
    choose(choices) {
      read();
      write(choices);
    },

    /** Remembers the order that is being placed. @param {Placing | null} placing */
    place(placing) {
      read();
      cart = { ...cart, placing };
      write({});
    },

    /** The order with this token is paid: what it bought leaves the cart. @param {string} token */
    bought(token) {
      read();
      const { placing, currency, country, lines } = cart;
      const order = [placing, placing?.replaces].find((some) => some?.token === token);
      if (order) write({ ...empty(), currency, country, lines: without(lines, order.lines) });
    },

    /** The cart as the API wants it. */
    request() {
      const { country, region, postcode, shipping, discounts, gift_cards } = cart;
      const lines = cart.lines.map(({ sku, quantity, fields }) => (Object.keys(fields).length ? { sku, quantity, fields } : { sku, quantity }));
      return { lines, currency: this.currency, country, region, postcode, shipping, discounts, gift_cards };
    },
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */

const inPage = typeof document !== 'undefined';

/** @returns {Storage | undefined} */
function pageStorage() {
  try {
    return inPage ? localStorage : undefined;
  } catch {
    return undefined;
  }
}

/** The page's cart. */
export const store = createStore(inPage ? {
  storage: pageStorage(), events: document, window, currencies: document.documentElement.dataset.currencies?.match(/[A-Z]{3}/g) ?? [],
} : {});
