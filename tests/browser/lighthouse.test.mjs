// Lighthouse on a phone with simulated throttling, the median of three.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch as launchChrome } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { chromiumPath, open } from './shop.mjs';

const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FASTEST = 95;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {import('chrome-launcher').LaunchedChrome} */
let chrome;

before(async () => {
  shop = await open();
  chrome = await launchChrome({
    chromePath: chromiumPath,
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(async () => {
  chrome?.kill();
  await shop?.close();
});

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/**
 * One look at a page.
 * @param {string} path
 * @param {string[]} skipAudits
 * @param {number} [tries] a trace without a first paint says nothing of the page, and is taken again this often
 * @returns {Promise<{ scores: Record<string, number>, lost: string[], times: string }>}
 */
async function measure(path, skipAudits, tries = 2) {
  const result = await lighthouse(`${shop.base}${path}`, { port: chrome.port, logLevel: 'silent', onlyCategories: CATEGORIES, skipAudits });
  assert.ok(result, 'Lighthouse gave no result');
  const { categories, audits } = result.lhr;
  if (categories.performance?.score == null && tries) return measure(path, skipAudits, tries - 1);
  const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round((categories[name]?.score ?? 0) * 100)]));
  const lost = CATEGORIES.slice(1).flatMap((name) => (categories[name]?.auditRefs ?? [])
    .filter(({ id, weight }) => weight && audits[id]?.score !== null && (audits[id]?.score ?? 0) < 1)
    .map(({ id }) => `${name}: ${id}: ${audits[id]?.title} ${JSON.stringify(/** @type {any} */ (audits[id]?.details)?.items ?? []).slice(0, 600)}`));
  const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index']
    .map((id) => `${id} ${audits[id]?.displayValue}`).join(', ');
  return { scores, lost, times };
}

/** @type {[string, string, string[]][]} */
const PAGES = [
  ['home', '/', []],
  ['category', '/categories/kitchen/mugs/', []],
  ['product', '/products/azulejo-poster/', []],
  // A cart is one shopper's own: it says itself that it must not be indexed.
  ['cart', '/cart/', ['is-crawlable']],
];

for (const [name, path, skipAudits] of PAGES) {
  test(name, { timeout: 600_000 }, async (t) => {
    // The first look has the pictures drawn, which a deployed shop has already done.
    await fetch(shop.base + path);
    await measure(path, skipAudits);
    // A busy machine may spoil one round.
    for (let round = 0; round < 2; round += 1) {
      const runs = [];
      for (let run = 0; run < RUNS; run += 1) runs.push(await measure(path, skipAudits));
      for (const { times } of runs) t.diagnostic(`${name}: ${times}`);
      const scores = Object.fromEntries(CATEGORIES.map((category) => [category, median(runs.map((run) => run.scores[category] ?? 0))]));
      t.diagnostic(`${name}: ${CATEGORIES.map((category) => `${category} ${scores[category]} (${runs.map((run) => run.scores[category]).join(', ')})`).join('; ')}`);
      for (const category of CATEGORIES.slice(1)) assert.equal(scores[category], 100, runs[0]?.lost.join('\n'));
      if ((scores.performance ?? 0) >= FASTEST) return;
    }
    // A score of time says as much of the machine as of the page: it is told, and fails nothing.
    t.diagnostic(`${name}: performance stayed below ${FASTEST} on this machine`);
  });
}
