// From what is typed to words as the search's files have them. The generator does the same to texts; one table of cases,
// tests/fixtures/search/words.json, holds them together.

// A longer word is found by so many of its letters.
const LONGEST = 40;

// Accents of alphabets that are read without them, and signs that nobody types. Vowels of Indian scripts are marks too, and stay.
const DROPPED = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u3099\u309a\u00ad\u200b-\u200d\u2060\ufeff]/g;

/** @type {Record<string, string>} letters that are typed for each other */
const SAME = {
  ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', ħ: 'h', ŋ: 'n', ŧ: 't', ς: 'σ', ة: 'ه', ى: 'ي', ی: 'ي', ک: 'ك',
};
const TO_CHANGE = new RegExp(`[${Object.keys(SAME).join('')}]`, 'g');

const WORD = /[\p{Alphabetic}\p{N}\p{M}]+/gu;
// Thai, Lao, Burmese, Khmer, Japanese and Chinese: no spaces between words, so every two letters are one.
const UNSPACED = '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}';
const RUN = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const IS_NUMBER = /^\p{N}/u;

/** @param {string} run */
function pairs(run) {
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`);
}

/** The words of a text, in order. @param {string} text */
export function words(text) {
  const folded = text.normalize('NFKD').replace(DROPPED, '').toLowerCase().replace(TO_CHANGE, (letter) => SAME[letter] ?? letter);
  return (folded.match(WORD) ?? []).flatMap((word) => word.match(RUN) ?? []).flatMap((run) => {
    if (IS_UNSPACED.test(run)) return pairs(run);
    const letters = [...run];
    return letters.length > 1 || IS_NUMBER.test(run) ? [letters.slice(0, LONGEST).join('')] : [];
  });
}

/** Whether one mistake of typing makes one word of the other: a letter too many, too few, another, or two that changed places. @param {string} a @param {string} b */
export function isNear(a, b) {
  if (a.length > b.length) return isNear(b, a);
  if (b.length - a.length > 1) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  if (a.length < b.length) return a.slice(same) === b.slice(same + 1);
  return a.slice(same + 1) === b.slice(same + 1)
    || (a[same] === b[same + 1] && a[same + 1] === b[same] && a.slice(same + 2) === b.slice(same + 2));
}

/** Whether a word may be the beginning of another, one mistake forgiven. @param {string} word @param {string} other */
export const mayBegin = (word, other) =>
  [0, 1, -1].some((more) => other.length >= word.length + more && isNear(word, other.slice(0, word.length + more)));

/** Shorter forms of a word: of several things the one. @param {string} word */
export function shorter(word) {
  if (word.length < 4) return [];
  const forms = [word.slice(0, -1)];
  if (word.length > 4 && /(es|en)$/.test(word)) forms.push(word.slice(0, -2));
  if (word.length > 4 && word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  return forms;
}

/** @param {string} word */
export const backwards = (word) => [...word].reverse().join('');
