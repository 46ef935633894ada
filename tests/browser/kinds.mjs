// Every kind of page there is, and how to come to it.

/** @import { Page } from 'playwright-core' */
/** @import { Shop } from './shop.mjs' */

/** Something to buy, with options. */
export const POSTER = { page: '/products/azulejo-poster/', sku: 'TS-POS-AZU-5070-U', title: 'Azulejo poster' };
/** Something to buy, without. */
export const WRAP = { page: '/products/understory-gift-wrap/' };

/** An address in Portugal. */
export const ADDRESS = { name: 'Mira Sousa', line1: 'Rua das Flores 12', postcode: '4050-262', city: 'Porto', country: 'PT' };

/** @param {Page} page @param {{ sku: string, title: string, quantity?: number }[]} lines */
export async function fill(page, lines) {
  await page.goto('/robots.txt');
  await page.evaluate((items) => {
    const cart = {
      version: 1, lines: items.map((item) => ({ quantity: 1, fields: {}, ...item })), country: null, region: null, postcode: null,
      shipping: null, discounts: [], placing: null,
    };
    localStorage.setItem('shopfront.cart', JSON.stringify(cart));
  }, lines);
}

/** Places an order without a browser. @param {Shop} shop @param {{ sku: string, quantity?: number, fields?: Record<string, string> }[]} [lines] */
export async function order(shop, lines = [{ sku: POSTER.sku, quantity: 1 }]) {
  const cart = { lines: lines.map((line) => ({ quantity: 1, ...line })), country: 'PT', shipping: 'post' };
  const { body: quote } = await shop.api('/quote', cart);
  const placed = await shop.api('/checkout', {
    ...cart, email: 'mira@example.com', ship_to: ADDRESS, accept_terms: true, gateway: 'sandbox', expected_total: quote.due,
    idempotency_key: crypto.randomUUID(),
  });
  if (placed.status !== 201) throw new Error(`the order was refused: ${JSON.stringify(placed.body)}`);
  return { ...placed.body, pay_url: new URL(placed.body.pay_url, shop.base).href };
}

/** Ends when all that is in sight has come. @param {Page} page */
export async function settle(page) {
  await page.waitForLoadState('load');
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForFunction(() => [...document.images].every((picture) => {
    const box = picture.getBoundingClientRect();
    // A lazy picture that is out of sight, or not shown at all, is never asked for.
    return picture.complete || !box.width || box.top > innerHeight || box.bottom < 0;
  }), undefined, { timeout: 120_000 });
}

/** @param {string} path */
const at = (path) => async (/** @type {Page} */ page) => {
  await page.goto(path);
  await settle(page);
};

const cart = [{ sku: POSTER.sku, title: POSTER.title }, { sku: 'TS-MUG-TID-250-T', title: 'Tideline mug', quantity: 2 }];

/** Ends when the cart is priced. @param {Page} page */
const priced = (page) => page.locator('.totals__due').first().waitFor();

/** @type {{ name: string, open: (page: Page, shop: Shop) => Promise<unknown> }[]} */
export const KINDS = [
  { name: 'home', open: at('/') },
  { name: 'catalogue', open: at('/products/') },
  { name: 'category', open: at('/categories/kitchen/mugs/') },
  { name: 'collection', open: at('/collections/tiles/') },
  { name: 'product', open: at(POSTER.page) },
  { name: 'product-swatches', open: at('/products/tideline-mug/') },
  { name: 'product-single', open: at(WRAP.page) },
  { name: 'product-digital', open: at('/products/wallpaper-pack/') },
  { name: 'product-bundle', open: at('/products/three-wraps/') },
  { name: 'product-gift-card', open: at('/products/gift-card/') },
  { name: 'product-service', open: at('/products/framing-service/') },
  { name: 'product-sold-out', open: at('/products/understory-tea-towel/') },
  { name: 'product-discontinued', open: at('/products/azulejo-tote/') },
  { name: 'product-untranslated', open: at('/de/products/north-sky-notebook/') },
  { name: 'group', open: at('/products/desk-set/') },
  { name: 'external', open: at('/products/pattern-book/') },
  {
    name: 'drawer',
    open: async (page) => {
      await at(POSTER.page)(page);
      // On a phone the button is in the bar below.
      await page.locator('button[form=buy], .buy__button').filter({ visible: true }).first().click();
      await page.locator('.drawer .line__total:not(:empty)').first().waitFor();
    },
  },
  { name: 'cart-empty', open: at('/cart/') },
  {
    name: 'cart',
    open: async (page) => {
      await fill(page, cart);
      await at('/cart/')(page);
      await priced(page);
    },
  },
  {
    name: 'checkout',
    open: async (page) => {
      await fill(page, cart);
      await at('/checkout/')(page);
      await priced(page);
    },
  },
  {
    name: 'checkout-mistakes',
    open: async (page) => {
      await fill(page, cart);
      await at('/checkout/')(page);
      await priced(page);
      await page.locator('[data-pay]').click();
      await page.locator('.error-summary').waitFor();
    },
  },
  {
    name: 'confirm',
    open: async (page) => {
      await at(POSTER.page)(page);
      // The form as it is sent where no script holds it back.
      await Promise.all([page.waitForURL('**/api/confirm'), page.evaluate(() => /** @type {HTMLFormElement} */ (document.getElementById('buy')).submit())]);
      await settle(page);
    },
  },
  { name: 'sandbox', open: async (page, shop) => at((await order(shop)).pay_url)(page) },
  {
    name: 'order',
    open: async (page, shop) => {
      await at((await order(shop)).pay_url)(page);
      await page.locator('button[value=paid]').click();
      await page.locator('[data-payment=paid]').first().waitFor();
      await settle(page);
    },
  },
  {
    name: 'order-unpaid',
    open: async (page, shop) => {
      const { token } = await order(shop);
      await page.goto(`/api/orders/${token}`);
      await settle(page);
    },
  },
  {
    name: 'order-gift-card',
    open: async (page, shop) => {
      await at((await order(shop, [{ sku: 'TS-GIFT', quantity: 2, fields: { amount: '50' } }])).pay_url)(page);
      await page.locator('button[value=paid]').click();
      await page.locator('.gift-cards').waitFor();
      await settle(page);
    },
  },
  { name: 'search', open: at('/search/') },
  {
    name: 'search-results',
    open: async (page) => {
      await at('/search/?q=tideline')(page);
      await page.locator('.hit').first().waitFor();
      await settle(page);
    },
  },
  {
    name: 'search-nothing',
    open: async (page) => {
      await at('/search/?q=xylophone')(page);
      await page.locator('[data-summary]').filter({ hasText: 'xylophone' }).waitFor();
    },
  },
  { name: 'page', open: at('/about/') },
  { name: 'page-long', open: at('/terms/') },
  { name: 'section', open: at('/journal/') },
  { name: 'post', open: at('/journal/how-a-tile-repeats/') },
  { name: 'tag', open: at('/tags/blue/') },
  { name: '404', open: at('/nowhere/') },
];
