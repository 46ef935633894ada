// The sample shop, served from a folder of its own, and a browser to visit it with.

import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const PARTS = ['shop.yaml', 'discounts.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes'];
const STARTING_MS = 120_000;

/** Where what the tests leave behind lies. */
export const ARTIFACTS = join(HERE, '../artifacts');
/** Pictures drawn smaller once serve every run: they are made again only when they differ. */
const PICTURES = join(ARTIFACTS, 'cache');

/** The program under test. */
export const BINARY = process.env.SHOPFRONT ?? join(ROOT, 'target/debug/shopfront');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** How long an unpaid order holds its goods here, in seconds. */
export const HOLD_S = 8;

/**
 * Copies the sample shop into a temporary folder, or makes another there, and serves it.
 * @param {{ make?: (folder: string) => void }} [wishes]
 */
export async function open({ make } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-browser-'));
  if (make) make(folder);
  else for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  if (existsSync(PICTURES)) cpSync(PICTURES, join(folder, '.shopfront/cache'), { recursive: true });
  const child = spawn(BINARY, ['serve', '--port', '0', '--trust-client-header', '--hold', String(HOLD_S)], {
    cwd: folder, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const base = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the shop did not start:\n${log}`)), STARTING_MS);
    const hear = (/** @type {Buffer} */ chunk) => {
      log += chunk;
      const found = / is at (http:\/\/127\.0\.0\.1:\d+)/.exec(log);
      if (found) clearTimeout(timer), resolve(found[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the shop ended with ${code}:\n${log}`)));
  });

  return {
    base: /** @type {string} */ (base),
    folder,
    get log() { return log; },

    /** Ends when all pages were made once: before, the checkout follows no edit. */
    async proven() {
      for (let round = 0; round < 600 && !/ pages \(/.test(log); round += 1) await new Promise((resolve) => { setTimeout(resolve, 100); });
    },

    /** The orders as the merchant sees them, the newest first. */
    async orders() {
      const { stdout } = await promisify(execFile)(BINARY, ['-C', folder, 'orders', '--json']);
      return JSON.parse(stdout);
    },

    /** @param {string} path @param {unknown} [body] posted when given */
    async api(path, body) {
      const response = await fetch(`${base}/api${path}`, body === undefined ? { headers: client() } : {
        method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...client() },
      });
      return { status: response.status, body: await response.json() };
    },

    /** Stops the server and removes its folder; the pictures it made are kept for the next one. */
    async close() {
      const ended = new Promise((resolve) => { child.once('exit', resolve); });
      if (child.exitCode === null && child.kill('SIGINT')) await ended;
      const made = join(folder, '.shopfront/cache/pictures');
      if (existsSync(made)) {
        mkdirSync(PICTURES, { recursive: true });
        cpSync(made, join(PICTURES, 'pictures'), { recursive: true });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof open>>} Shop */

/** @param {string[]} [more] */
export const launch = (more = []) => chromium.launch({
  executablePath: CHROMIUM,
  // Shoppers’ browsers have it.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
});

export const chromiumPath = CHROMIUM;

let clients = 0;

/** Headers that make a request, or all of a context's, those of a shopper of its own. */
export const client = () => ({ 'x-shopfront-client': `10.${process.pid % 250}.${clients >> 8}.${(clients += 1) & 255}` });

const BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="5"><rect width="4" height="5" fill="#b9b2a3"/></svg>';

/**
 * A shopper with an empty cart.
 * @param {import('playwright-core').Browser} browser
 * @param {Shop} shop
 * @param {import('playwright-core').BrowserContextOptions & { pictures?: boolean }} [wishes] `pictures` has the shop's
 *   pictures drawn, which takes a development build long; without, each is a blank of its size
 */
export async function shopper(browser, shop, { pictures = false, ...wishes } = {}) {
  const context = await browser.newContext({
    baseURL: shop.base, reducedMotion: 'reduce', extraHTTPHeaders: client(), viewport: { width: 1280, height: 900 }, ...wishes,
  });
  context.setDefaultTimeout(20_000);
  context.setDefaultNavigationTimeout(60_000);
  if (!pictures) await context.route('**/img/**', (route) => route.fulfill({ contentType: 'image/svg+xml', body: BLANK }));
  return context;
}
