/** What the checkout's API says: see its OpenAPI document. Amounts are minor units. */
export interface Line { sku: string; quantity: number; fields: Record<string, string>; title: string }
export interface Ordered { sku: string; quantity: number; fields?: Record<string, string> }
/** An order that is being placed. It is kept for long, so of what was typed there is only a digest. */
export interface Placing {
  digest: string; key: string; lines: Ordered[]; token: string | null; expires_at: string | null;
  replaces: { token: string; lines: Ordered[] } | null;
}
export interface Cart {
  version: 1; lines: Line[]; country: string | null; region: string | null; postcode: string | null;
  shipping: string | null; discounts: string[]; placing: Placing | null;
}
export interface QuoteLine {
  sku: string; product: string | null; title: string; options: [string, string][]; fields: Record<string, string>;
  quantity: number; unit_price: number; discount: number; tax: number; total: number;
  image: string | null; url: string | null; available: boolean;
}
export interface Method { code: string; title: string; price: number; days: string | null }
export interface Notice { code: string; sku?: string; message: string }
export interface Quote {
  currency: string; lines: QuoteLine[]; subtotal: number; discount_total: number; needs_shipping: boolean;
  shipping: number | null; shipping_method: string | null; shipping_methods: Method[]; tax_total: number;
  tax_included: boolean; total: number; gift_cards_total: number; due: number; notices: Notice[];
}
export interface Fault { code: string; message: string; sku?: string; field?: string }
export interface Problem { status: number; code: string; title?: string; faults?: Fault[]; quote?: Quote }
export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Problem };
export interface QuoteState { status: 'empty' | 'loading' | 'ready' | 'offline' | 'refused'; quote: Quote | null; problem: Problem | null }
export interface Variant {
  sku: string; choices: (string | null)[]; minor: number; text: string; compare: string | null;
  picture: number | null; max: number; counted: boolean; discontinued: boolean;
}
export interface Left { available: number | null; backorder: boolean }
export interface Stock { stock: Record<string, Left>; products: Record<string, 'in' | 'low' | 'out'> }
