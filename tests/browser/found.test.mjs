// How the sample shop is found, with everything on: others' judges of structured data, sitemaps and feeds, and the rules of the small
// files that programs look for.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Validator from '@adobe/structured-data-validator';
import Extractor from '@marbec/web-auto-extractor';
import { validateXML } from 'xmllint-wasm';
import { open } from './shop.mjs';
import { vocabulary } from './vocabulary.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SITEMAP = join(dirname(createRequire(import.meta.url).resolve('sitemap/package.json')), 'schema/sitemap.xsd');
/** A Python that has the module `feedparser`; `tests/run` finds or makes one. */
const PYTHON = process.env.FEEDPARSER;
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** @type {import('./shop.mjs').Shop} */
let shop;
/** @type {string[]} Addresses of all pages, as the sitemap has them. */
let pages;

/** @param {string} path */
async function get(path) {
  const response = await fetch(new URL(path, shop.base));
  assert.equal(response.status, 200, path);
  return response.text();
}

/** @param {string} text @param {string} from @param {string} to */
function replaced(text, from, to) {
  assert.ok(text.includes(from), `nothing says ${from}`);
  return text.replace(from, to);
}

before(async () => {
  shop = await open({ make(folder) {
    for (const part of ['shop.yaml', 'products', 'content', 'collections', 'static', 'downloads', 'themes']) {
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    }
    const settings = join(folder, 'shop.yaml');
    const expires = new Date(Date.now() + YEAR_MS / 2).toISOString().slice(0, 10);
    const more = `security: {contact: [security@tessel.example], expires: ${expires}, policy: 'https://tessel.example/security/'}\n`;
    writeFileSync(settings, replaced(readFileSync(settings, 'utf8'), 'own_goods: true}', 'own_goods: true, countries: [PT, DE]}') + more);
    const mug = join(folder, 'products/kitchen/mugs/tideline-mug.yaml');
    writeFileSync(mug, replaced(readFileSync(mug, 'utf8'), 'sku: TS-MUG-TID-250-T,', "sku: TS-MUG-TID-250-T, gtin: '4006381333931',") + 'rating: {value: 4.7, count: 31}\n');
    const wrap = join(folder, 'products/paper/gift-wrap/understory-gift-wrap.yaml');
    writeFileSync(wrap, `${readFileSync(wrap, 'utf8')}rating: {value: 5, count: 3}\n`);
  } });
  pages = [...(await get('/sitemap.xml')).matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address]) => /** @type {string} */ (address));
});
after(async () => { await shop?.close(); });

/** @typedef {{ severity: string, issueMessage: string, rootType: string, errorType?: string, path?: object[] }} Issue */

test('structured data of every page: no error by Google’s rules and the words of schema.org', { timeout: 300_000 }, async (t) => {
  const validator = new Validator(vocabulary());
  const types = new Set();
  const wrong = [];
  /** @type {Map<string, number>} */
  const advice = new Map();
  assert.ok(pages.length > 150, `${pages.length} pages`);
  for (const address of pages) {
    const html = await get(address);
    const found = new Extractor({ addLocation: true, embedSource: ['rdfa', 'microdata'] }).parse(html);
    const nodes = [...html.matchAll(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/g)].map(([, text]) => JSON.parse(/** @type {string} */ (text)));
    const ids = new Set(nodes.map((node) => node['@id']));
    for (const [, id] of html.matchAll(/\{"@id":"(#[^"]+)"\}/g)) if (!ids.has(id)) wrong.push(`${address}: nothing is ${id}`);
    nodes.forEach((node) => types.add(node['@type']));
    for (const issue of /** @type {Issue[]} */ (await validator.validate(found))) {
      const told = `${issue.rootType}: ${issue.issueMessage} ${JSON.stringify(issue.path)}`;
      if (issue.severity === 'ERROR' || issue.errorType === 'schemaOrg') wrong.push(`${address}: ${told}`);
      else advice.set(issue.issueMessage, (advice.get(issue.issueMessage) ?? 0) + 1);
    }
  }
  for (const [message, times] of [...advice].sort((a, b) => b[1] - a[1])) t.diagnostic(`advice, ${times} times: ${message}`);
  assert.deepEqual(wrong.slice(0, 20), []);
  const wanted = ['BlogPosting', 'BreadcrumbList', 'MerchantReturnPolicy', 'OfferShippingDetails', 'Organization', 'Product', 'ProductGroup', 'WebSite'];
  assert.deepEqual([...types].sort(), wanted);
});

test('the validator sees what is wrong', async () => {
  const validator = new Validator(vocabulary());
  const judged = async (/** @type {object} */ data) => {
    const html = `<script type="application/ld+json">${JSON.stringify({ '@context': 'https://schema.org', ...data })}</script>`;
    return /** @type {Issue[]} */ (await validator.validate(new Extractor({ addLocation: true }).parse(html)));
  };
  assert.ok((await judged({ '@type': 'Product', name: 'Mug' })).some(({ severity }) => severity === 'ERROR'));
  assert.ok((await judged({ '@type': 'Mug' })).some(({ severity }) => severity === 'ERROR'));
  assert.ok((await judged({ '@type': 'Organization', name: 'Quay', sku: 'no' })).some(({ errorType }) => errorType === 'schemaOrg'));
});

// What sitemap.xsd takes of other vocabularies has to be declared: Google's pictures, and XHTML's links, each as far as sitemaps have them.
const IMAGE = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.google.com/schemas/sitemap-image/1.1" elementFormDefault="qualified">
<xsd:element name="image"><xsd:complexType><xsd:sequence><xsd:element name="loc" type="xsd:anyURI"/></xsd:sequence></xsd:complexType></xsd:element></xsd:schema>`;
const XHTML = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml" elementFormDefault="qualified">
<xsd:element name="link"><xsd:complexType><xsd:attribute name="rel" use="required" fixed="alternate"/><xsd:attribute name="hreflang" type="xsd:language" use="required"/>
<xsd:attribute name="href" type="xsd:anyURI" use="required"/></xsd:complexType></xsd:element></xsd:schema>`;
const ALL = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"><xsd:import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="sitemap.xsd"/>
<xsd:import namespace="http://www.google.com/schemas/sitemap-image/1.1" schemaLocation="image.xsd"/><xsd:import namespace="http://www.w3.org/1999/xhtml" schemaLocation="xhtml.xsd"/></xsd:schema>`;

/** @param {string} xml */
const againstTheSchema = (xml) => validateXML({
  xml: { fileName: 'sitemap.xml', contents: xml },
  schema: { fileName: 'all.xsd', contents: ALL },
  preload: [{ fileName: 'sitemap.xsd', contents: readFileSync(SITEMAP, 'utf8') }, { fileName: 'image.xsd', contents: IMAGE }, { fileName: 'xhtml.xsd', contents: XHTML }],
});

test('the sitemap is valid by its schema', async () => {
  const map = await get('/sitemap.xml');
  assert.match(map, /<image:image><image:loc>http/);
  assert.match(map, /<xhtml:link rel="alternate" hreflang="de"/);
  assert.deepEqual((await againstTheSchema(map)).errors.map(({ message }) => message), []);
  const broken = await againstTheSchema(map.replace('<loc>', '<place>').replace('</loc>', '</place>'));
  assert.equal(broken.valid, false, 'the schema is applied');
});

/** Every feed of the site by its page's links. @returns {Promise<{ atom: string[], json: string[] }>} */
async function feeds() {
  const atom = new Set(), json = new Set();
  for (const address of pages) {
    const html = await get(address);
    for (const [, type, href] of html.matchAll(/<link rel="alternate" type="application\/(atom\+xml|feed\+json)"[^>]* href="([^"]+)"/g)) {
      (type === 'atom+xml' ? atom : json).add(href);
    }
  }
  return { atom: [...atom], json: [...json] };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @param {any} feed */
function checkJsonFeed(feed) {
  assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
  for (const key of ['title', 'home_page_url', 'feed_url', 'language']) assert.equal(typeof feed[key], 'string', key);
  assert.ok(feed.authors.every((/** @type {any} */ author) => author.name));
  const ids = feed.items.map((/** @type {any} */ item) => item.id);
  assert.equal(new Set(ids).size, ids.length, 'each entry once');
  for (const item of feed.items) {
    assert.ok(item.title && item.content_html, item.id);
    for (const address of [item.url, item.image ?? item.url]) assert.ok(new URL(address).protocol.startsWith('http'), address);
    for (const date of [item.date_published, item.date_modified]) if (date !== undefined) assert.match(date, INSTANT);
    const known = ['id', 'url', 'title', 'content_html', 'summary', 'image', 'date_published', 'date_modified', 'authors', 'tags', 'language'];
    assert.deepEqual(Object.keys(item).filter((key) => !known.includes(key)), []);
    for (const [, address] of item.content_html.matchAll(/ (?:href|src)="([^"]*)"/g)) assert.match(address, /^(https?:|mailto:|tel:)/, item.id);
  }
}

test('JSON feeds keep to the rules of version 1.1', { timeout: 300_000 }, async () => {
  const { json } = await feeds();
  for (const wanted of ['/journal/feed.json', '/de/journal/feed.json']) assert.ok(json.includes(wanted), wanted);
  assert.ok(json.some((address) => address.startsWith('/tags/')), 'tags have feeds');
  for (const address of json) checkJsonFeed(JSON.parse(await get(address)));
  const feed = JSON.parse(await get('/journal/feed.json'));
  assert.ok(feed.items.length > 3);
  const picture = await fetch(feed.items.find((/** @type {any} */ item) => item.image).image);
  assert.match(picture.headers.get('content-type') ?? '', /^image\//);
});

const READ = `
import feedparser, json, sys
for name, text in json.load(sys.stdin).items():
    feed = feedparser.parse(text)
    entries = [{k: bool(e.get(k)) for k in ("id", "title", "link", "updated", "content", "summary")} for e in feed.entries]
    print(json.dumps({"name": name, "bozo": repr(feed.get("bozo_exception")) if feed.bozo else "", "version": feed.version, "title": feed.feed.get("title", ""), "entries": entries}))
`;

test('feeds are read by feedparser', { skip: PYTHON ? false : 'there is no Python with feedparser (FEEDPARSER)', timeout: 300_000 }, async () => {
  const { atom } = await feeds();
  const addresses = [...atom, '/feeds/google.xml', '/de/feeds/google.xml'];
  const texts = Object.fromEntries(await Promise.all(addresses.map(async (address) => [address, await get(address)])));
  const lines = execFileSync(/** @type {string} */ (PYTHON), ['-c', READ], { input: JSON.stringify(texts), encoding: 'utf8', maxBuffer: 1 << 26 }).trim().split('\n');
  assert.equal(lines.length, addresses.length);
  for (const line of lines) {
    const feed = JSON.parse(line);
    assert.equal(feed.bozo, '', feed.name);
    assert.equal(feed.version, feed.name.includes('google') ? 'rss20' : 'atom10', feed.name);
    assert.ok(feed.title && feed.entries.length, feed.name);
    if (feed.version !== 'atom10') continue;
    for (const entry of feed.entries) assert.deepEqual(entry, { id: true, title: true, link: true, updated: true, content: true, summary: true }, feed.name);
  }
});

test('the product feed has what Google asks for, within its limits', async () => {
  const judged = await validateXML({ xml: { fileName: 'google.xml', contents: await get('/feeds/google.xml') }, normalization: 'format' });
  assert.deepEqual(judged.errors, []);
  for (const address of ['/feeds/google.xml', '/de/feeds/google.xml']) {
    const feed = await get(address);
    const items = feed.split('<item>').slice(1);
    assert.ok(items.length > 80, `${items.length} items`);
    const ids = new Set();
    for (const item of items) {
      const value = (/** @type {string} */ name) => new RegExp(`<g:${name}>([^<]*)</g:${name}>`).exec(item)?.[1] ?? '';
      const id = value('id');
      assert.ok(id && !ids.has(id), `${id} stands twice`);
      ids.add(id);
      assert.ok(value('title') && [...value('title')].length <= 150, id);
      assert.ok(value('description') && [...value('description')].length <= 5000, id);
      assert.match(value('link'), /^http/);
      assert.match(value('image_link'), /^http.*\.(jpg|png|webp|gif)$/, id);
      assert.match(value('availability'), /^(in_stock|out_of_stock|preorder|backorder)$/);
      assert.match(value('price'), /^\d+\.\d\d EUR$/);
      assert.ok(value('gtin') || (value('brand') && (value('mpn') || value('identifier_exists') === 'no')), id);
      assert.equal(value('condition'), 'new');
    }
  }
  const mug = (await get('/feeds/google.xml')).split('<item>').find((item) => item.includes('TS-MUG-TID-250-T')) ?? '';
  for (const line of ['<g:gtin>4006381333931</g:gtin>', '<g:item_group_id>tideline-mug</g:item_group_id>', '<g:size>250 ml</g:size>', '<g:country>PT</g:country>', '<g:country>DE</g:country>']) {
    assert.ok(mug.includes(line), `${line} in ${mug}`);
  }
});

test('security.txt keeps to RFC 9116', async () => {
  const lines = (await get('/.well-known/security.txt')).split('\n');
  assert.equal(lines.pop(), '', 'the last line ends');
  const fields = lines.map((line) => /^([A-Za-z-]+): (\S.*)$/.exec(line) ?? assert.fail(`${line} is no field`));
  const values = (/** @type {string} */ name) => fields.filter(([, field]) => field === name).map(([, , value]) => value);
  assert.ok(values('Contact').length >= 1 && values('Contact').every((contact) => /^(mailto|https|tel):/.test(contact ?? '')));
  const [expires = '', ...more] = values('Expires');
  assert.deepEqual(more, []);
  assert.match(expires, INSTANT);
  assert.ok(Date.parse(expires) > Date.now() && Date.parse(expires) < Date.now() + 2 * YEAR_MS);
  assert.deepEqual(values('Preferred-Languages'), ['en, de, ar']);
  const known = ['Acknowledgments', 'Canonical', 'Contact', 'Encryption', 'Expires', 'Hiring', 'Policy', 'Preferred-Languages'];
  assert.deepEqual(fields.map(([, name]) => name).filter((name) => !known.includes(/** @type {string} */ (name))), []);
});

test('icons are what the page and the manifest say they are', { timeout: 60_000 }, async () => {
  const html = await get('/de/');
  const address = /<link rel="manifest" href="([^"]+)"/.exec(html)?.[1] ?? '';
  const manifest = JSON.parse(await get(address));
  assert.deepEqual([manifest.lang, manifest.start_url, manifest.name], ['de', '/de/', 'Tessel']);
  const touch = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(html)?.[1] ?? '';
  const sizes = [{ src: touch, sizes: '180x180', type: 'image/png' }, ...manifest.icons];
  assert.equal(sizes.length, 4);
  for (const { src, sizes: size, type } of sizes) {
    const response = await fetch(new URL(src, shop.base));
    assert.equal(response.headers.get('content-type'), type, src);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (type !== 'image/png') continue;
    assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, size);
  }
  const ico = await fetch(new URL(/<link rel="icon" href="([^"]+\.ico)"/.exec(html)?.[1] ?? '', shop.base));
  assert.deepEqual([...Buffer.from(await ico.arrayBuffer()).subarray(0, 8)], [0, 0, 1, 0, 1, 0, 32, 32]);
});

test('llms.txt has its form, and its links lead somewhere', { timeout: 120_000 }, async () => {
  for (const address of ['/llms.txt', '/de/llms.txt']) {
    const text = await get(address);
    const [title, blank, summary] = text.split('\n');
    assert.deepEqual([title, blank], ['# Tessel', '']);
    assert.match(summary ?? '', /^> \S/);
    const sections = text.split(/^## /m).slice(1);
    assert.equal(sections.at(-1)?.split('\n')[0], 'Optional');
    const links = sections.flatMap((section) => section.split('\n').slice(1).filter(Boolean)).map((line) => {
      return /^- \[(?:[^\]\\]|\\.)+\]\((http[^)\s]+)\)(: \S.*)?$/.exec(line)?.[1] ?? assert.fail(`${line} is no entry`);
    });
    assert.ok(links.length > 30, `${links.length} links`);
    for (const link of links) await get(link);
  }
});

test('previews have all that other sites show', async () => {
  const properties = async (/** @type {string} */ path) => new Map([...(await get(path)).matchAll(/<meta (?:property|name)="((?:og|product|article|twitter):[^"]+)" content="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const mug = await properties('/products/tideline-mug/');
  assert.equal(mug.get('og:type'), 'product');
  assert.equal(mug.get('og:locale'), 'en_US');
  const others = [...(await get('/products/tideline-mug/')).matchAll(/"og:locale:alternate" content="([^"]*)"/g)].map(([, locale]) => locale);
  assert.deepEqual(others, ['de_DE', 'ar_EG']);
  assert.deepEqual([mug.get('product:price:amount'), mug.get('product:price:currency')], ['22.00', 'EUR']);
  assert.equal(mug.get('twitter:card'), 'summary_large_image');
  for (const name of ['og:title', 'og:description', 'og:url', 'og:site_name', 'og:image', 'og:image:alt']) assert.ok(mug.get(name), name);
  assert.ok(Number(mug.get('og:image:width')) >= 600 && Number(mug.get('og:image:height')) > 0);
  const post = await properties('/journal/how-a-tile-repeats/');
  assert.equal(post.get('og:type'), 'article');
  assert.match(post.get('article:published_time') ?? '', /^\d{4}-\d\d-\d\d$/);
});
