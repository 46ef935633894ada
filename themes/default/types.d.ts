/** What the checkout's API says: see its OpenAPI document. Amounts are minor units, instants seconds since 1970. */
export interface Limits { min?: number; max?: number; step?: number }
/** What one cost when the shopper last looked. */
export interface Seen { currency: string; minor: number }
export interface Line extends Limits { sku: string; quantity: number; fields: Record<string, string>; title: string; seen?: Seen }
export interface Ordered { sku: string; quantity: number; fields?: Record<string, string> }
/** An order that is being placed. It is kept for long, so of what was typed there is only a digest. */
export interface Placing {
  digest: string; key: string; lines: Ordered[]; token: string | null; expires_at: string | null;
  replaces: { token: string; lines: Ordered[] } | null;
}
export interface Cart {
  version: 1; lines: Line[]; currency: string | null; country: string | null; region: string | null; postcode: string | null;
  shipping: string | null; discounts: string[]; gift_cards: string[]; placing: Placing | null;
}
export interface QuoteLine {
  sku: string; product: string | null; title: string; options: [string, string][]; written?: number[]; fields: Record<string, string>;
  quantity: number; unit_price: number; compare_at?: number; discount: number; tax: number; total: number;
  image: string | null; url: string | null; available: boolean; ships_from?: number;
}
export interface Method { code: string; title: string; price: number; days: string | null; note?: string }
export interface Notice { code: string; reason?: string; sku?: string; about?: string; message: string }
/** A discount that applies: of the lines, or of the price of sending. */
export interface Discount { id: string; code?: string; title: string; amount: number }
export interface CardPayment { ends_in: string; amount: number; left: number }
export interface Quote {
  currency: string; lines: QuoteLine[]; subtotal: number; discount_total: number; discounts?: Discount[]; needs_shipping: boolean;
  needs_region: boolean; needs_postcode: boolean;
  shipping: number | null; shipping_discount: number; shipping_method: string | null; shipping_methods: Method[]; tax_total: number;
  tax_included: boolean; taxes: { rate_bp: number; tax: number }[]; total: number; gift_cards?: CardPayment[]; gift_cards_total: number;
  due: number; notices: Notice[];
}
export interface Fault { code: string; message: string; sku?: string; field?: string }
export interface Problem { status: number; code: string; title?: string; faults?: Fault[]; quote?: Quote }
export type Answer<T> = { ok: true; body: T } | { ok: false; problem: Problem };
export interface QuoteState { status: 'empty' | 'loading' | 'ready' | 'offline' | 'refused'; quote: Quote | null; problem: Problem | null }
/** What something costs until an instant; null: for good. */
export interface Period { until: number | null; minor: number; text: string; compare: string | null; per?: string | null }
/** By currency, in order of time. */
export type Prices = Record<string, Period[]>;
export interface Many { from: number; minor: number; text: string }
export interface Variant extends Limits {
  sku: string; choices: (string | null)[]; picture?: number; max: number; counted: boolean; discontinued: boolean;
  prices: Prices; many?: Record<string, Many[]>;
}
export interface ProductData { options: string[]; fields?: string[]; default?: number; variants: Variant[] }
export interface Left { available: number | null; backorder: boolean; low: number }
export interface Stock { stock: Record<string, Left>; products: Record<string, 'in' | 'low' | 'out'> }
/** A text of the theme: one, or its forms by plural category; `lang` is whose categories they are, where it is not the page's. */
export type Text = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string; lang?: string });
/** The list of the search's files. */
export interface SearchFiles {
  documents: number; per_file: number; path: string;
  /** First word, number of the first word, hash. */
  words: [string, number, string][];
  /** Number of the first word, hash. */
  lists: [number, string][];
  /** First word read backwards, hash. */
  ends: [string, string][];
  hits: string[];
}
export interface WordFile { words: string[]; importance: number[]; isCommon: boolean[] }
/** A word of the index that may be meant, and how well it fits. */
export interface Candidate { word: string; number: number; quality: number; importance: number; isCommon: boolean }
/** What was found: some documents of all, the best first. */
export interface Finds { documents: number[]; total: number; isPartial: boolean; isMistyped: boolean; isShort: boolean }
export interface Hit {
  kind: 'product' | 'category' | 'collection' | 'page' | 'post'; title: string; url: string; lang?: string; line?: string; count?: number;
  picture?: string; price?: { text: string; from?: boolean; compare?: string; data?: Prices };
}
/** What a filter is to who chooses. */
export type FilterKind = 'choice' | 'flag' | 'price' | 'number';
/** What is asked for: choices of a group are alternatives, groups go together. Ends of ranges are as shoppers write them. */
export interface Wish {
  choices: Record<string, string[]>; ranges: Record<string, [number | null, number | null]>; flags: string[];
  /** '', new, cheap, dear or name. */
  sort: string;
}
export interface FilterValue { key: string; title: string; lang?: string; swatch?: string }
/** Of products, each less the one before it: of each value those that have it. */
export interface FilterGroup {
  key: string; kind: 'available' | 'price' | 'option' | 'choice' | 'flag' | 'number'; values?: FilterValue[]; has?: number[][]; numbers?: number[];
}
/** What all rows cost, or each, those behind the first less that. */
export type PriceColumn = number | null | (number | null)[];
/** `at` is each product's card, counted through all files, less that of the product before it. */
export interface CardFiles { path: string; sizes: number[]; hashes: string; at: number[] }
/** The file of a list. */
export interface ListFile {
  products: number; per_page: number; groups: FilterGroup[];
  /** Rows of values, one for each group of options; −1 is none, several are all of these. */
  shapes: (number | number[])[][][]; shape: number[];
  /** Products, each less the one before it, and their rows that are sold out. */
  gone?: number[][];
  prices: Record<string, PriceColumn[]>;
  /** Product, ends of periods in seconds since 1970, prices in each. */
  later?: [number, (number | null)[], Record<string, PriceColumn[]>][];
  newest?: number[];
  /** Places by name, or what the name of the file with them carries. */
  names: number[] | string;
  cards: CardFiles;
}
/** Products that are left, in order; of each group how many its values would leave, or between which ends numbers lie. */
export interface Filtered { products: number[]; counts: Record<string, number[]>; bounds: Record<string, [number, number]> }
