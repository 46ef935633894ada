// Which products of a list are left by filters, how many each choice would leave, and in which order they stand. The list's
// file comes from the generator; docs/themes.md says what is in it.

/** @import { CardFiles, Filtered, ListFile, PriceColumn, Wish } from '../../types' */

const OUT = -2;
const IN = -1;

/** Numbers of which each was written less the one before it. @param {number[]} gaps */
function sums(gaps) {
  let sum = 0;
  return Int32Array.from(gaps, (gap) => (sum += gap));
}

/** What each row of a product costs; NaN where it is not sold. @param {PriceColumn} written @param {number} rows */
function rowPrices(written, rows) {
  if (!Array.isArray(written)) return new Array(rows).fill(written ?? NaN);
  let base = NaN;
  return written.map((price) => {
    if (price === null) return NaN;
    if (Number.isNaN(base)) return (base = price);
    return base + price;
  });
}

/** The places when sorted by a number, equals in the order of the list. @param {number[]} products @param {(product: number) => number} of */
function sorted(products, of) {
  // Numbers that are made once are sorted without a call for each comparison.
  const keys = Float64Array.from(products, of);
  const order = Uint32Array.from(products, (_, place) => place).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  return Array.from(order, (place) => products[place] ?? 0);
}

/**
 * @param {ListFile} file
 * @param {(url: string) => Promise<any>} fetchJson
 */
export function createFilters(file, fetchJson) {
  const { products: total, groups, shapes, shape } = file;
  /** The place of each group among those of options, of which variants have a value. @type {Map<string, number>} */
  const columns = new Map(groups.filter(({ kind }) => kind === 'option').map(({ key }, column) => [key, column]));
  const places = new Map(groups.map((group) => [group.key, new Map((group.values ?? []).map(({ key }, place) => [key, place]))]));
  const having = new Map(groups.map((group) => [group.key, (group.has ?? []).map(sums)]));
  const gone = new Map();
  let at = 0;
  for (const [gap = 0, ...rows] of file.gone ?? []) gone.set((at += gap), rows);

  /** Prices of rows by product, and the lowest, in a currency at an instant. @type {{ of: string, rows: (number[] | number)[], lowest: Float64Array } | undefined} */
  let priced;
  /** @param {string} currency @param {number} now_s */
  function prices(currency, now_s) {
    const column = file.prices[currency] ?? Object.values(file.prices)[0] ?? [];
    const changes = (file.later ?? []).map(([product, ends, by]) => {
      const period = ends.findIndex((end) => end === null || end > now_s);
      return { product, period, price: (by[currency] ?? Object.values(by)[0] ?? [])[period] };
    });
    const of = `${currency} ${changes.map(({ period }) => period)}`;
    if (priced?.of === of) return priced;
    const now = [...column];
    for (const { product, price } of changes) now[product] = price ?? null;
    const rows = now.map((written, product) => {
      if (!Array.isArray(written)) return written ?? NaN;
      return rowPrices(written, shapes[shape[product] ?? 0]?.length ?? 1);
    });
    const lowest = Float64Array.from(rows, (row) => (Array.isArray(row) ? row.reduce((low, price) => (price < low || Number.isNaN(low) ? price : low), NaN) : row));
    return (priced = { of, rows, lowest });
  }

  /** @type {Promise<number[]> | undefined} */
  let names;
  function byName() {
    names ??= Array.isArray(file.names) ? Promise.resolve(file.names) : fetchJson(`${file.cards.path}names.${file.names}.json`);
    names.catch(() => { names = undefined; });
    return names;
  }

  /** For each shape and row: how many groups of options say no, and which, where it is one. @param {{ column: number, wanted: Set<number> }[]} asked */
  const judged = (asked) => shapes.map((rows) => rows.map((values) => {
    let fails = 0;
    let which = IN;
    for (const { column, wanted } of asked) {
      const value = values[column];
      const fits = Array.isArray(value) ? value.some((one) => wanted.has(one)) : wanted.has(value ?? -1);
      if (!fits) [fails, which] = [fails + 1, column];
    }
    return { fails, which };
  }));

  /**
   * For each product: IN, OUT, or the place of the one group of products that it fails; and what its variants count for.
   * @param {Wish} wish @param {ReturnType<typeof prices>} now
   */
  function judge(wish, now) {
    /** @type {{ column: number, wanted: Set<number> }[]} */
    const asked = [];
    const failing = new Uint8Array(total);
    const which = new Int16Array(total).fill(IN);
    groups.forEach(({ key, kind }, place) => {
      const chosen = (wish.choices[key] ?? []).map((value) => places.get(key)?.get(value)).filter((value) => value !== undefined);
      if (kind === 'option' && chosen.length) asked.push({ column: columns.get(key) ?? 0, wanted: new Set(chosen) });
      const passing = passes(place, chosen, wish);
      if (!passing) return;
      for (let product = 0; product < total; product += 1) {
        if (!passing[product]) {
          failing[product] = Math.min(2, (failing[product] ?? 0) + 1);
          which[product] = place;
        }
      }
    });
    const rowsOf = judged(asked);
    const priceColumn = columns.size;
    const stockColumn = columns.size + 1;
    const [least, most] = wish.ranges.price ?? [null, null];
    const isPriced = least !== null || most !== null;
    const isStocked = wish.flags.includes('available');
    /** For each option's value how many products have it beside what else is asked for. */
    const counts = groups.filter(({ kind }) => kind === 'option').map(({ values = [] }) => new Int32Array(values.length));
    const seen = counts.map((values) => new Int32Array(values.length).fill(-1));
    // Without a limit of price or stock, products of the same shape count for the same, and are counted together.
    const isByShape = !isPriced && !isStocked;
    const ofShape = new Int32Array(shapes.length);
    let available = 0;
    const bounds = [Infinity, -Infinity];
    const state = new Int16Array(total).fill(OUT);
    for (let product = 0; product < total; product += 1) {
      const fails = failing[product] ?? 0;
      if (fails > 1) continue;
      const rows = rowsOf[shape[product] ?? 0] ?? [];
      const values = shapes[shape[product] ?? 0] ?? [];
      const price = now.rows[product] ?? NaN;
      const out = gone.get(product);
      let isIn = false;
      let isThere = false;
      if (isByShape && !fails) ofShape[shape[product] ?? 0] = (ofShape[shape[product] ?? 0] ?? 0) + 1;
      for (let row = 0; row < rows.length; row += 1) {
        const judgement = rows[row];
        let against = judgement?.fails ?? 0;
        let only = judgement?.which ?? IN;
        const costs = typeof price === 'number' ? price : price[row] ?? NaN;
        const has = !out || !out.includes(row);
        if (isPriced && !(costs >= (least ?? 0) && costs <= (most ?? Infinity))) {
          against += 1;
          only = priceColumn;
        }
        if (isStocked && !has) {
          against += 1;
          only = stockColumn;
        }
        if (against === 0) isIn = true;
        if (fails || against > 1) continue;
        if (!isByShape) tallyRow(values[row] ?? [], against === 0, only, product, 1);
        if (has && (against === 0 || only === stockColumn)) isThere = true;
        if (against === 0 || only === priceColumn) {
          if (costs < (bounds[0] ?? 0)) bounds[0] = costs;
          if (costs > (bounds[1] ?? 0)) bounds[1] = costs;
        }
      }
      if (isThere) available += 1;
      if (isIn) state[product] = fails ? which[product] ?? OUT : IN;
    }
    if (isByShape) {
      shapes.forEach((values, number) => rowsOf[number]?.forEach(({ fails: against, which: only }, row) => {
        if (against <= 1) tallyRow(values[row] ?? [], against === 0, only, number, ofShape[number] ?? 0);
      }));
    }
    return { state, counts, available, bounds };

    /** Counts a row's values once for each product, or for each shape. @param {(number | number[])[]} values @param {boolean} isFitting @param {number} only @param {number} counted @param {number} times */
    function tallyRow(values, isFitting, only, counted, times) {
      for (let column = 0; column < counts.length; column += 1) {
        if (!isFitting && only !== column) continue;
        const value = values[column] ?? -1;
        if (typeof value === 'number') tally(column, value, counted, times);
        else for (const one of value) tally(column, one, counted, times);
      }
    }

    /** @param {number} column @param {number} value @param {number} counted @param {number} times */
    function tally(column, value, counted, times) {
      const known = seen[column];
      const sum = counts[column];
      if (value < 0 || !known || !sum || known[value] === counted) return;
      known[value] = counted;
      sum[value] = (sum[value] ?? 0) + times;
    }
  }

  /** Which products a group of products lets through; nothing where it is not asked. @param {number} place @param {number[]} chosen @param {Wish} wish */
  function passes(place, chosen, wish) {
    const { key, kind, numbers = [] } = groups[place] ?? { key: '', kind: 'price' };
    const lists = having.get(key) ?? [];
    const passing = new Uint8Array(total);
    if (kind === 'choice' && chosen.length) for (const value of chosen) for (const product of lists[value] ?? []) passing[product] = 1;
    else if (kind === 'flag' && wish.flags.includes(key)) for (const product of lists[0] ?? []) passing[product] = 1;
    else if (kind === 'number' && wish.ranges[key]) {
      const [least, most] = wish.ranges[key] ?? [null, null];
      lists[0]?.forEach((product, n) => {
        const value = numbers[n] ?? NaN;
        if (value >= (least ?? -Infinity) && value <= (most ?? Infinity)) passing[product] = 1;
      });
    } else return undefined;
    return passing;
  }

  return {
    groups,
    total,
    perPage: file.per_page,

    /** What is known of a choice. @param {string} key @param {string} value */
    value: (key, value) => groups.find((group) => group.key === key)?.values?.[places.get(key)?.get(value) ?? -1],

    /**
     * @param {Wish} wish prices in minor units of the currency
     * @param {string} currency
     * @param {number} now_s seconds since 1970
     * @returns {Promise<Filtered>}
     */
    async find(wish, currency, now_s) {
      const now = prices(currency, now_s);
      const { state, counts: optionCounts, available, bounds } = judge(wish, now);
      /** @type {Filtered['counts']} */
      const counts = {};
      /** @type {Filtered['bounds']} */
      const ends = {};
      groups.forEach(({ key, kind, numbers = [] }, place) => {
        const isCounted = (/** @type {number} */ product) => state[product] === IN || state[product] === place;
        const lists = having.get(key) ?? [];
        if (kind === 'option') counts[key] = [...optionCounts[columns.get(key) ?? 0] ?? []];
        else if (kind === 'available') counts[key] = [available];
        else if (kind === 'price') {
          if ((bounds[0] ?? 0) <= (bounds[1] ?? 0)) ends[key] = [bounds[0] ?? 0, bounds[1] ?? 0];
        } else if (kind === 'number') {
          const some = numbers.filter((_, n) => isCounted(lists[0]?.[n] ?? -1));
          if (some.length) ends[key] = [some.reduce((a, b) => Math.min(a, b)), some.reduce((a, b) => Math.max(a, b))];
        } else {
          counts[key] = lists.map((list) => {
            let sum = 0;
            for (let n = 0; n < list.length; n += 1) if (isCounted(list[n] ?? 0)) sum += 1;
            return sum;
          });
        }
      });
      const left = [];
      for (let product = 0; product < total; product += 1) if (state[product] === IN) left.push(product);
      const cost = (/** @type {number} */ product, /** @type {number} */ none) => {
        const lowest = now.lowest[product] ?? NaN;
        return Number.isNaN(lowest) ? none : lowest;
      };
      const { newest } = file;
      let found = left;
      if (wish.sort === 'cheap') found = sorted(left, (product) => cost(product, Number.MAX_SAFE_INTEGER));
      else if (wish.sort === 'dear') found = sorted(left, (product) => -cost(product, -1));
      else if (wish.sort === 'new' && newest) found = sorted(left, (product) => newest[product] ?? 0);
      else if (wish.sort === 'name') {
        const ranks = await byName();
        found = sorted(left, (product) => ranks[product] ?? 0);
      }
      return { products: found, counts, bounds: ends };
    },

    cards: createCards(file.cards, fetchJson),
  };
}

/**
 * The cards of products as the theme has made them. Each file is fetched once.
 * @param {CardFiles} files
 * @param {(url: string) => Promise<string[]>} fetchJson
 */
function createCards({ path, sizes, hashes, at }, fetchJson) {
  const starts = sums([0, ...sizes]);
  const cards = sums(at);
  const hashLength = hashes.length / sizes.length;
  /** @type {Map<number, Promise<string[]>>} */
  const fetched = new Map();

  /** @param {number} file */
  function fetchFile(file) {
    const hash = hashes.slice(file * hashLength, (file + 1) * hashLength);
    const known = fetched.get(file) ?? fetchJson(`${path}cards.${hash}.json`);
    fetched.set(file, known);
    known.catch(() => fetched.delete(file));
    return known;
  }

  /** The file that a card lies in. @param {number} card */
  function fileOf(card) {
    let [low, high] = [0, sizes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= card) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number[]} products */
  return (products) => Promise.all(products.map(async (product) => {
    const card = cards[product] ?? 0;
    const file = fileOf(card);
    return (await fetchFile(file))[card - (starts[file] ?? 0)] ?? '';
  }));
}
