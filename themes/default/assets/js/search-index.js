// Looks for words in the files that the generator made, and fetches of them what it needs. docs/themes.md says what they hold.

/** @import { Candidate, Finds, Hit, SearchFiles, WordFile } from '../../types' */

import { backwards, isNear, mayBegin, shorter, words } from './search-words.js';

// How much a word says, by where it stands: text, line, mark, name, name of two words, name of one.
const WEIGHTS = [0, 1, 2, 4, 8, 11, 16];
// A word that is not there as it was typed says less.
const SHORTER = 0.7;
const MISTYPED = 0.5;
// How much is fetched for one word: so many words that begin like it, from so many files; and so many files of words.
const MOST_WORDS = 24;
const MOST_LISTS = 3;
const MOST_FILES = 3;
// A finished word may go on for so many letters: several things for one.
const ENDING = 2;
const SHORTEST_MISTYPED = 4;
const SHORTEST = 2;
const LAST = '\uffff';

/** The place of the last entry that does not come after a key. @template T @param {T[]} entries @param {(entry: T) => boolean} comesAfter */
function lastBefore(entries, comesAfter) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesAfter(/** @type {T} */ (entries[middle]))) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

/** The documents of a line of a list, with where the word stands. @param {string} line @param {(document: number, level: number) => void} tell */
export function read(line, tell) {
  let level = 0;
  let next = 0;
  let number = 0;
  let bits = 0;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code < 63) {
      level = code - 48;
      next = 0;
    } else {
      number += ((code - 63) & 31) << bits;
      bits += 5;
      if (code < 95) {
        next += number;
        tell(next, level);
        next += 1;
        number = 0;
        bits = 0;
      }
    }
  }
}

/** @param {string} text */
const lines = (text) => text.split('\n').slice(0, -1);

/** A word's line begins with its importance, and before that with a sign where it stands nearly everywhere. @param {string} text @returns {WordFile} */
function wordFile(text) {
  const all = lines(text);
  const isCommon = all.map((line) => line.startsWith('!'));
  return {
    isCommon,
    importance: all.map((line, at) => parseInt(line[isCommon[at] ? 1 : 0] ?? '0', 16)),
    words: all.map((line, at) => line.slice(isCommon[at] ? 2 : 1)),
  };
}

/**
 * @param {string} address of the list of files
 * @param {(url: string, isAgain: boolean) => Promise<string>} fetchText fails where there is no such file; `isAgain` asks for the newest
 */
export function createIndex(address, fetchText) {
  /** @type {Map<string, Promise<any>>} */
  let kept = new Map();
  /** @type {Promise<SearchFiles> | undefined} */
  let listed;

  /** What is fetched once is kept, unless that failed. @template T @param {string} url @param {(text: string) => T} make @returns {Promise<T>} */
  function fetched(url, make) {
    let made = kept.get(url);
    if (!made) {
      made = fetchText(url, false).then(make);
      kept.set(url, made);
      made.catch(() => kept.delete(url));
    }
    return made;
  }

  function list(isAgain = false) {
    if (!listed || isAgain) {
      listed = fetchText(address, isAgain).then((text) => JSON.parse(text));
      listed.catch(() => { listed = undefined; });
    }
    return listed;
  }

  /** One of the files of text. @template T @param {SearchFiles} files @param {'words' | 'lists' | 'ends'} sort @param {number} place @param {(text: string) => T} make */
  const part = (files, sort, place, make) => fetched(`${files.path}${sort}-${place}.${files[sort][place]?.at(-1)}.txt`, make);

  /** The places of the files that may hold words from one to another. @param {(string | number)[][]} entries @param {string} from @param {string} to */
  function places(entries, from, to) {
    const first = Math.max(0, lastBefore(entries, ([word]) => String(word) > from));
    const last = lastBefore(entries, ([word]) => String(word) > to);
    return Array.from({ length: Math.min(MOST_FILES, last - first + 1) }, (_, step) => first + step);
  }

  /**
   * The words of some files that a test takes, with their numbers.
   * @param {SearchFiles} files @param {string} from @param {string} to
   * @param {(word: string) => number} quality 0 for those that are not meant
   * @returns {Promise<Candidate[]>}
   */
  async function among(files, from, to, quality) {
    /** @type {Candidate[]} */
    const found = [];
    for (const place of places(files.words, from, to)) {
      const file = await part(files, 'words', place, wordFile);
      const start = Number(files.words[place]?.[1]);
      for (let at = Math.max(0, lastBefore(file.words, (word) => word >= from) + 1); at < file.words.length; at += 1) {
        const word = /** @type {string} */ (file.words[at]);
        if (word > to) break;
        const value = quality(word);
        if (value > 0) found.push({ word, number: start + at, quality: value, importance: file.importance[at] ?? 0, isCommon: file.isCommon[at] ?? false });
      }
    }
    return found;
  }

  /** @param {SearchFiles} files @param {string} word @param {number} quality */
  const exactly = (files, word, quality) => among(files, word, word, () => quality);

  /** The words that are meant by one that is mistyped. @param {SearchFiles} files @param {string} typed @param {boolean} isOpen */
  async function mistyped(files, typed, isOpen) {
    if (typed.length < SHORTEST_MISTYPED || /\p{N}/u.test(typed)) return [];
    const beginning = typed.slice(0, 2);
    const found = await among(files, beginning, beginning + LAST, (word) =>
      (isNear(typed, word) ? MISTYPED : isOpen && mayBegin(typed, word) ? MISTYPED * typed.length / (word.length + 2) : 0));
    if (found.length) return best(found);
    // The mistake is at the beginning, so the word's ending is right.
    const ending = backwards(typed);
    const near = new Set();
    for (const place of places(files.ends, ending.slice(0, 2), ending.slice(0, 2) + LAST)) {
      const ends = await part(files, 'ends', place, lines);
      for (const end of ends) if (isNear(ending, end)) near.add(backwards(end));
    }
    // In a word of four letters the second and third belong to both ends.
    const [first, second, third, fourth] = typed;
    if (typed.length === SHORTEST_MISTYPED) near.add(`${first}${third}${second}${fourth}`);
    const meant = await Promise.all([...near].slice(0, MOST_FILES).map((word) => exactly(files, word, MISTYPED)));
    return meant.flat();
  }

  /** @param {Candidate[]} candidates */
  const best = (candidates) => candidates.sort((a, b) => b.quality * (b.importance + 1) - a.quality * (a.importance + 1)).slice(0, MOST_WORDS);

  /**
   * The words of the index that a typed one stands for.
   * @param {SearchFiles} files @param {string} typed @param {boolean} isOpen whether it may go on
   */
  async function candidates(files, typed, isOpen) {
    const share = (/** @type {string} */ word) => (word === typed ? 1 : 0.35 + 0.55 * typed.length / word.length);
    const goesOn = await among(files, typed, typed + LAST, share);
    const ended = isOpen ? goesOn : goesOn.filter(({ word }) => word.length <= typed.length + ENDING);
    const forms = await Promise.all(shorter(typed).map((form) => exactly(files, form, SHORTER)));
    const meant = [...goesOn.filter(({ word }) => word === typed), ...forms.flat(), ...best(ended.filter(({ word }) => word !== typed))];
    if (meant.length) return { meant, isMistyped: false };
    if (goesOn.length) return { meant: best(goesOn), isMistyped: false };
    return { meant: await mistyped(files, typed, isOpen), isMistyped: true };
  }

  /** The lists of some words: those that matter most, of as many files as may be. @param {SearchFiles} files @param {Candidate[]} meant */
  async function lists(files, meant) {
    const placed = meant.map((candidate) => ({ candidate, place: lastBefore(files.lists, ([start]) => Number(start) > candidate.number) }));
    const wanted = new Set();
    for (const { place } of placed) if (wanted.size < MOST_LISTS) wanted.add(place);
    return Promise.all(placed.filter(({ place }) => wanted.has(place)).map(async ({ candidate, place }) => {
      const all = await part(files, 'lists', place, lines);
      return { candidate, line: all[candidate.number - Number(files.lists[place]?.[0])] ?? '' };
    }));
  }

  /** @param {string} query @param {number} most @returns {Promise<Finds>} */
  async function look(query, most) {
    const files = await list();
    const typed = [...new Set(words(query))];
    /** @type {Finds} */
    const nothing = { documents: [], total: 0, isPartial: false, isMistyped: false, isShort: !typed.length };
    const isOpen = /[\p{L}\p{N}\p{M}]$/u.test(query);
    if (!typed.length || (typed.length === 1 && /^[\u0000-\u024f]$/.test(typed[0] ?? ''))) return { ...nothing, isShort: true };
    const found = await Promise.all(typed.map((word, at) => candidates(files, word, isOpen && at === typed.length - 1)));
    const looked = await Promise.all(found.map(({ meant }) => lists(files, meant)));

    const scores = new Float32Array(files.documents);
    const counts = new Uint8Array(files.documents);
    // What stands nearly everywhere is not asked for, unless nothing else is.
    const isCommon = found.map(({ meant }) => meant[0]?.isCommon ?? false);
    const isAsked = isCommon.every(Boolean) ? isCommon : isCommon.map((common) => !common);
    const own = new Float32Array(files.documents);
    looked.forEach((some, at) => {
      own.fill(0);
      let having = 0;
      for (const { candidate, line } of some) {
        read(line, (document, level) => {
          if (!own[document]) having += 1;
          own[document] = Math.max(own[document] ?? 0, (WEIGHTS[level] ?? 0) * candidate.quality);
        });
      }
      // What has a word says more where few have it.
      const rarity = Math.log(1 + files.documents / (having + (isCommon[at] ? files.documents / 2 : 1)));
      for (let document = 0; document < own.length; document += 1) {
        const score = own[document] ?? 0;
        if (score > 0) {
          scores[document] = (scores[document] ?? 0) + score * rarity;
          if (isAsked[at]) counts[document] = (counts[document] ?? 0) + 1;
        }
      }
    });
    const asked = isAsked.filter(Boolean).length;
    const isPartial = !counts.includes(asked);
    // Where nothing has all words, what has more of them comes first.
    const value = (/** @type {number} */ document) => (counts[document] ?? 0) * (isPartial ? 1e4 : 0) + (scores[document] ?? 0);
    const documents = Array.from(counts.keys()).filter((document) => (isPartial ? (counts[document] ?? 0) > 0 : counts[document] === asked));
    const least = Float32Array.from(documents, value).sort().at(-most) ?? 0;
    const top = documents.filter((document) => value(document) >= least).sort((a, b) => value(b) - value(a) || a - b);
    return { documents: top.slice(0, most), total: documents.length, isPartial: isPartial && documents.length > 0, isMistyped: found.some(({ isMistyped }) => isMistyped), isShort: false };
  }

  /** @param {number[]} documents @returns {Promise<Hit[]>} */
  async function hits(documents) {
    const files = await list();
    return Promise.all(documents.map(async (document) => {
      const place = Math.floor(document / files.per_file);
      const all = await /** @type {Promise<Hit[]>} */ (fetched(`${files.path}hits-${place}.${files.hits[place]}.json`, JSON.parse));
      return /** @type {Hit} */ (all[document % files.per_file]);
    }));
  }

  return {
    /** Fetches the list of files before anybody asks. */
    prepare: () => list().then(() => {}, () => {}),

    /**
     * The best documents for a query. A file that is gone means that the shop was built again: once, the list is fetched anew.
     * @param {string} query @param {number} most
     * @returns {Promise<Finds & { hits: Hit[] }>}
     */
    async find(query, most) {
      const all = async () => {
        const found = await look(query, most);
        return { ...found, hits: await hits(found.documents) };
      };
      try {
        return await all();
      } catch {
        kept = new Map();
        await list(true);
        return all();
      }
    },
  };
}
