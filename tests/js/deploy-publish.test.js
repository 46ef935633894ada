// Publishing: what goes up, in which order, with which headers; what stays; what the CDN has to forget.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { table } from '../../deploy/lib/redirects.mjs';
import { invalidations, siteUploads, typeOf } from '../../deploy/lib/rules.mjs';
import { shop } from './deploy/shop.mjs';

const SITE = {
  'index.html': 'home', '404.html': 'none', 'products/mug/index.html': 'mug', 'de/products/mug/index.html': 'Becher',
  'assets/app.11111111.js': 'js', 'img/mug.22222222-480.webp': 'webp', 'favicon.svg': '<svg/>', 'sitemap.xml': '<x/>', 'robots.txt': 'r',
  LICENSE: 'text', 'old/index.html': 'leads on',
};
const FORMER = [['/old/', '/products/mug/']];
const DAY = 86_400_000;

function published(t, built = { site: SITE, former: FORMER }) {
  const it = shop(t);
  it.build(built);
  it.write('downloads/pack.zip', 'goods');
  const first = it.run('publish.mjs', '--stack', 'shop');
  assert.equal(first.code, 0, first.wrong);
  return it;
}

test('everything is there before what names it', (t) => {
  const log = published(t).log();
  const at = (entry) => { assert.ok(log.includes(entry), `${entry} in ${log.join('\n')}`); return log.indexOf(entry); };
  const order = [
    'put store/published.json', 'put store/downloads/pack.zip', 'put store/bundle/shard.1.jsonl', 'put store/bundle/manifest.json',
    'put site/assets/app.11111111.js', 'put site/favicon.svg', 'put site/index.html', 'put site/sitemap.xml', 'redirects arn:kvs +2 -0',
  ].map(at);
  assert.deepEqual(order, [...order].sort((a, b) => a - b));
  const last = (prefix) => log.findLastIndex((entry) => entry.startsWith(prefix));
  const first = (prefix) => log.findIndex((entry) => entry.startsWith(prefix));
  assert.ok(last('put store/downloads/') < first('put store/bundle/'));
  assert.ok(last('put store/bundle/') === at('put store/bundle/manifest.json'));
  assert.ok(at('put store/bundle/manifest.json') < first('put site/'));
  assert.ok(at('put site/img/mug.22222222-480.webp') < at('put site/404.html'));
  assert.equal(log.at(-1), 'put store/published.json');
});

test('nothing goes up that is not for there', (t) => {
  const { site, store } = published(t).aws().buckets;
  assert.deepEqual(Object.keys(site).sort(), Object.keys(SITE).sort());
  const parts = ['headers.1.json', 'mail.1.json', 'manifest.json', 'shard.1.jsonl', 'shell-en.1.html', 'terms.1.json'];
  assert.deepEqual(Object.keys(store).sort(), [...parts.map((name) => `bundle/${name}`), 'downloads/pack.zip', 'published.json']);
});

test('each file has its type and its lifetime', (t) => {
  const { site, store } = published(t).aws().buckets;
  const about = ([{ type, cache }]) => [type, cache];
  const ask = 'public, max-age=0, s-maxage=3600, must-revalidate';
  assert.deepEqual(about(site['assets/app.11111111.js']), ['text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
  assert.deepEqual(about(site['img/mug.22222222-480.webp']), ['image/webp', 'public, max-age=31536000, immutable']);
  assert.deepEqual(about(site['products/mug/index.html']), ['text/html; charset=utf-8', ask]);
  assert.deepEqual(about(site['favicon.svg']), ['image/svg+xml', ask]);
  assert.deepEqual(about(site['sitemap.xml']), ['application/xml', ask]);
  assert.deepEqual(about(site.LICENSE), ['application/octet-stream', ask]);
  assert.deepEqual(about(store['bundle/manifest.json']), ['application/json', 'private, no-store']);
  assert.deepEqual(about(store['downloads/pack.zip']), ['application/zip', 'private, no-store']);
});

test('a second time, nothing is done', (t) => {
  const it = published(t);
  it.log();
  const again = it.run('publish.mjs', '--stack', 'shop');
  assert.equal(again.code, 0, again.wrong);
  assert.deepEqual(it.log(), ['put store/published.json', 'put store/bundle/manifest.json', 'put store/published.json']);
  assert.match(again.out, /^0 files of the site, 0 parts of the bundle, 0 goods/);
});

test('an edit uploads what has changed, and the CDN forgets no more', (t) => {
  const it = published(t);
  it.log();
  const site = { ...SITE, 'products/mug/index.html': 'mug, better', 'products/new/index.html': 'new', 'assets/app.33333333.js': 'js 2' };
  delete site['assets/app.11111111.js'];
  it.build({ site, former: FORMER, parts: { 'shard.2.jsonl': 't' } });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  assert.deepEqual(it.log(), [
    'put store/published.json', 'put store/bundle/shard.2.jsonl', 'put store/bundle/manifest.json',
    'put site/assets/app.33333333.js', 'put site/products/mug/index.html', 'put site/products/new/index.html',
    'invalidate E1 /products/mug/index.html /products/mug/', 'put store/published.json',
  ]);
  const { site: files, store } = it.aws().buckets;
  assert.ok('assets/app.11111111.js' in files, 'a page that somebody has open needs it');
  assert.ok('bundle/shard.1.jsonl' in store, 'a function that has begun needs it');
});

test('a page that is gone is removed, and what others put there stays', (t) => {
  const it = published(t);
  const { buckets } = it.aws();
  it.set({ buckets: { ...buckets, site: { ...buckets.site, 'by-hand.html': [{ id: 'x', at: new Date().toISOString(), bytes: '' }] } } });
  it.log();
  const site = { ...SITE };
  delete site['de/products/mug/index.html'];
  it.build({ site, former: FORMER });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  const log = it.log();
  assert.ok(log.indexOf('delete site/de/products/mug/index.html') > log.indexOf('put store/bundle/manifest.json'));
  assert.equal(log.filter((entry) => entry.startsWith('delete')).length, 1);
  assert.ok(log.includes('invalidate E1 /de/products/mug/index.html /de/products/mug/'));
});

test('what was interrupted is made up for', (t) => {
  const it = published(t);
  const site = { ...SITE, 'products/new/index.html': 'new', 'index.html': 'home 2' };
  it.build({ site, former: FORMER });
  it.set({ fails: 'site/products/new/index.html' });
  const broken = it.run('publish.mjs', '--stack', 'shop');
  assert.equal(broken.code, 1);
  assert.match(broken.wrong, /^error: aws s3 cp failed: .*InternalError/);
  it.set({ fails: null });
  it.log();
  // The new page is given up meanwhile; `index.html` may or may not have gone up.
  it.build({ site: SITE, former: FORMER });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  const log = it.log();
  assert.ok(log.includes('put site/index.html'), 'as it is in doubt');
  assert.ok(log.includes('delete site/products/new/index.html'), 'as it may be there');
});

test('redirects follow the shop, a batch at a time', (t) => {
  const it = shop(t);
  const former = (count, to) => Array.from({ length: count }, (_, at) => [`/alt-${at}/`, to]);
  it.build({ site: SITE, former: former(120, '/products/mug/') });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  assert.deepEqual(it.log().filter((entry) => entry.startsWith('redirects')), ['redirects arn:kvs +50 -0', 'redirects arn:kvs +50 -0', 'redirects arn:kvs +21 -0']);
  it.build({ site: SITE, former: [...former(118, '/products/mug/'), ['/alt-118/', '/']] });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  assert.deepEqual(it.log().filter((entry) => entry.startsWith('redirects')), ['redirects arn:kvs +1 -1']);
  const { redirects } = it.aws();
  assert.equal(redirects['/alt-118/'], '/');
  assert.equal(redirects['/LICENSE'], '/LICENSE');
  assert.equal(Object.keys(redirects).length, 120);
});

test('the table of redirects is as its function reads it', () => {
  const said = [];
  const entries = table([['/gr%C3%BC%C3%9Fe/', '/neu/ä/'], ['/100%/', '/x/'], [`/${'a'.repeat(600)}/`, '/x/']], ['LICENSE', 'a/b.html', '100%'], (line) => said.push(line));
  assert.deepEqual([...entries], [['/LICENSE', '/LICENSE'], ['/100%', '/100%'], ['/grüße/', '/neu/%C3%A4/'], ['/100%/', '/x/']]);
  assert.equal(said.length, 1);
  const many = Array.from({ length: 60_000 }, (_, at) => [`/former/address/of/a/product/that/was/sold/here/${at}/`, '/products/a-product-with-a-long-name/']);
  assert.throws(() => table(many, [], assert.fail), /take old ones out of `aliases`/);
});

test('with --dry-run nothing changes, and all of it is told', (t) => {
  const it = published(t);
  it.log();
  const before = JSON.stringify(it.aws());
  const site = { ...SITE, 'index.html': 'home 2' };
  delete site['favicon.svg'];
  it.build({ site, former: [] });
  const { code, out, wrong } = it.run('publish.mjs', '--stack', 'shop', '--dry-run');
  assert.equal(code, 0, wrong);
  assert.equal(JSON.stringify(it.aws()), before);
  for (const line of [/would upload: s3:\/\/site\/index\.html/, /would remove: s3:\/\/site\/favicon\.svg/, /would run: aws cloudfront create-invalidation .*\/favicon\.svg/, /update-keys/]) {
    assert.match(out, line);
  }
});

test('--all uploads everything once more', (t) => {
  const it = published(t);
  it.log();
  assert.equal(it.run('publish.mjs', '--stack', 'shop', '--all').code, 0);
  const log = it.log();
  assert.equal(log.filter((entry) => entry.startsWith('put site/')).length, Object.keys(SITE).length);
  assert.ok(log.includes('put store/downloads/pack.zip'));
});

test('what nothing has named for a week goes, what is old and needed stays', (t) => {
  const it = published(t);
  const begun = it.aws().now;
  const at = (days) => it.set({ now: begun + days * DAY });
  // A month later nothing has changed but one script and one shard.
  at(-40);
  const { buckets } = it.aws();
  for (const files of Object.values(buckets)) for (const stored of Object.values(files)) for (const version of stored) version.at = new Date(begun - 40 * DAY).toISOString();
  it.set({ buckets });
  const site = { ...SITE, 'assets/app.33333333.js': 'js 2' };
  delete site['assets/app.11111111.js'];
  at(-8);
  it.build({ site, former: FORMER, parts: { 'shard.2.jsonl': 't' } });
  assert.equal(it.run('publish.mjs', '--stack', 'shop').code, 0);
  it.log();
  const nine = it.run('publish.mjs', 'tidy', '--stack', 'shop', '--days', '9');
  assert.equal(nine.code, 0, nine.wrong);
  assert.deepEqual(it.log(), [], 'nine days ago they were needed');
  assert.equal(it.run('publish.mjs', 'tidy', '--stack', 'shop', '--dry-run').code, 0);
  assert.deepEqual(it.log(), []);
  assert.equal(it.run('publish.mjs', 'tidy', '--stack', 'shop').code, 0);
  assert.deepEqual(it.log(), ['delete site/assets/app.11111111.js', 'delete store/bundle/shard.1.jsonl']);
  assert.ok('img/mug.22222222-480.webp' in it.aws().buckets.site, 'forty days old, and on a page');
});

test('mistakes are told', (t) => {
  const it = shop(t);
  const says = (pattern, ...args) => {
    const { code, wrong } = it.run('publish.mjs', ...args);
    assert.equal(code, 1);
    assert.match(wrong, pattern);
  };
  says(/^error: usage: /);
  says(/^error: there is no stack `other`.*deploy it first/, '--stack', 'other');
  says(/cannot read .*\.shopfront-manifest.*run `shopfront build`/, '--stack', 'shop');
  it.build({ site: SITE, baseUrl: 'https://other.example/shop' });
  says(/built for https:\/\/other\.example\/shop, and the stack shop is https:\/\/shop\.example/, '--stack', 'shop');
  it.build({ site: SITE });
  it.write('public/.shopfront-manifest', 'shopfront-manifest 1\n+ index.html\n');
  says(/the last build was interrupted/, '--stack', 'shop');
  it.build({ site: { 'index.html': 'home' } });
  says(/no 404\.html/, '--stack', 'shop');
  says(/--days has to be between 1 and 29/, 'tidy', '--stack', 'shop', '--days', '60');
  says(/nothing was published/, 'tidy', '--stack', 'shop');
  it.env = { PATH: '/nowhere' };
  says(/there is no `aws` command/, '--stack', 'shop');
  assert.deepEqual(it.log(), [], 'and nothing was done');
});

test('types and steps', () => {
  assert.equal(typeOf('a/b.MJS'), 'text/javascript; charset=utf-8');
  assert.equal(typeOf('old', true), 'text/html; charset=utf-8');
  assert.equal(typeOf('old'), 'application/octet-stream');
  const steps = siteUploads(['feed.xml', 'a.html', 'old', 'assets/a.css', 'static.pdf'], new Set(['old'])).map(({ paths }) => paths);
  assert.deepEqual(steps, [['assets/a.css'], ['static.pdf'], ['a.html', 'old'], ['feed.xml']]);
});

test('many changes are told to the CDN by their folders', () => {
  const many = Array.from({ length: 101 }, (_, at) => `products/p${at}/index.html`);
  assert.deepEqual(invalidations([...many, 'index.html', 'a b.html', 'img/x.1-1.webp']), ['/', '/a%20b.html', '/index.html', '/products/*']);
  assert.deepEqual(invalidations([...many, ...Array.from({ length: 15 }, (_, at) => `page-${at}/index.html`)]), ['/*'], 'so many folders it takes at once');
  assert.deepEqual(invalidations(['caf\u00e9/index.html', 'assets/x.js']), ['/caf%C3%A9/index.html', '/caf%C3%A9/']);
});
