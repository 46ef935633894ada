// The cart: the only place that knows what is in it. Shared between tabs and visits, it announces each change by
// `cart:change` and knows no price.

/** @import { Cart, Line, Ordered, Placing } from '../../types' */

const KEY = 'shopfront.cart';
const MAX_LINES = 60;
// The shopper may come back late from paying, and with a clock that is wrong.
const LATE_MS = 24 * 60 * 60 * 1000;

/** @returns {Cart} */
const empty = () => ({
  version: 1, lines: [], country: null, region: null, postcode: null, shipping: null, discounts: [], placing: null,
});

/**
 * What makes two lines the same.
 * @param {{ sku: string, fields?: Record<string, string> }} line
 */
export const keyOf = ({ sku, fields = {} }) => JSON.stringify([sku, Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))]);

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
    return {
      ...empty(), ...kept, lines: kept.lines.filter(isLine), discounts: Array.isArray(kept.discounts) ? kept.discounts : [],
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

/**
 * @param {{
 *   storage?: Pick<Storage, 'getItem' | 'setItem'>, events?: EventTarget, window?: EventTarget, now?: () => number,
 * }} places
 */
export function createStore({ storage, events = new EventTarget(), window = new EventTarget(), now = Date.now }) {
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

    /**
     * Puts something in, up to `max` of it.
     * @param {{ sku: string, quantity: number, fields?: Record<string, string>, title: string }} wanted
     * @param {number} max
     * @returns {number} how many were added; 0 when the line, or the cart, is full
     */
    add({ sku, quantity, fields = {}, title }, max) {
      read();
      const key = keyOf({ sku, fields });
      const there = cart.lines.find((line) => keyOf(line) === key);
      const added = Math.min(quantity, max - (there?.quantity ?? 0));
      if (added < 1 || (!there && cart.lines.length >= MAX_LINES)) return 0;
      removed = null;
      write({
        lines: there
          ? cart.lines.map((line) => (line === there ? { ...line, quantity: line.quantity + added, title } : line))
          : [...cart.lines, { sku, quantity: added, fields, title }],
      });
      return added;
    },

    /** @param {string} key @param {number} quantity at least 1 @returns {number} how many there are now */
    setQuantity(key, quantity) {
      read();
      if (Number.isInteger(quantity) && quantity >= 1) write({ lines: cart.lines.map((line) => (keyOf(line) === key ? { ...line, quantity } : line)) });
      return cart.lines.find((line) => keyOf(line) === key)?.quantity ?? 0;
    },

    /** @param {string} key */
    remove(key) {
      read();
      const index = cart.lines.findIndex((line) => keyOf(line) === key);
      const line = cart.lines[index];
      if (!line) return;
      removed = { line, index };
      write({ lines: cart.lines.filter((other) => other !== line) });
    },

    /** Puts back what was removed last. */
    undo() {
      read();
      if (!removed) return;
      const { line, index } = removed;
      removed = null;
      const others = cart.lines.filter((other) => keyOf(other) !== keyOf(line));
      write({ lines: others.toSpliced ? others.toSpliced(index, 0, line) : [...others.slice(0, index), line, ...others.slice(index)] });
    },

    /** @param {Partial<Pick<Cart, 'country' | 'region' | 'postcode' | 'shipping' | 'discounts'>>} choices */
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
      const { placing, country, lines } = cart;
      const order = [placing, placing?.replaces].find((some) => some?.token === token);
      if (order) write({ ...empty(), country, lines: without(lines, order.lines) });
    },

    /** The cart as the API wants it. */
    request() {
      const { country, region, postcode, shipping, discounts } = cart;
      const lines = cart.lines.map(({ sku, quantity, fields }) => (Object.keys(fields).length ? { sku, quantity, fields } : { sku, quantity }));
      return { lines, country, region, postcode, shipping, discounts };
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
export const store = createStore({ storage: pageStorage(), events: inPage ? document : undefined, window: inPage ? window : undefined });
