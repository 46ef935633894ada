// The theme's texts, filled as the generator fills them: both read one table of cases.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fill } from '../../themes/default/assets/js/words.js';

/** @import { Text } from '../../themes/default/types' */
/** @type {{ language: string, text: Text, values?: Record<string, string | number>, filled: string }[]} */
const CASES = JSON.parse(readFileSync(new URL('../fixtures/texts.json', import.meta.url), 'utf8'));

for (const { language, text, values = {}, filled } of CASES) {
  test(`${language}: ${JSON.stringify(text)} with ${JSON.stringify(values)}`, () => {
    assert.equal(fill(text, values, language, ['ar', 'fa'].includes(language)), filled);
  });
}
