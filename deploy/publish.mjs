// Publishes a shop that has been built: goods to download, the bundle, its manifest, the site; what is named before what names it.
// Uploads what has changed since the last time, removes pages that are gone, and tells the CDN what to forget. Files whose names
// carry their content stay, because pages that somebody has open still name them.
//
//   node deploy/publish.mjs --stack NAME [--shop FOLDER] [--all] [--dry-run]
//   node deploy/publish.mjs tidy --stack NAME [--days 7] [--dry-run]
//
// `tidy` removes such files, and parts of bundles, when nothing that was published in the last days names them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { Mistake, aws as connect, command, outputs } from './lib/aws.mjs';
import { current, record, since } from './lib/published.mjs';
import { fill, table } from './lib/redirects.mjs';
import { invalidations, isNamed, siteUploads, storeUploads } from './lib/rules.mjs';
import { bundle, downloads, formerAddresses, siteFiles } from './lib/shop.mjs';

const HELP = 'usage: node deploy/publish.mjs [tidy] --stack NAME [--shop FOLDER] [--all] [--days 7] [--dry-run]';

/** The bucket keeps former versions of what was published for 30 days; beyond them nobody knows what was needed. */
const MOST_DAYS = 29;

/** So many objects one request may remove. */
const BATCH = 1000;

/** Where the page at a former address lies. */
const fileOf = (address) => (address.endsWith('/') ? `${address}index.html` : address).slice(1);

/** Uploads files of a folder in one go: they are laid out in a folder of their own, as links. */
function upload(work, from, { type, cache, paths }, to) {
  if (paths.length === 0) return;
  const stage = mkdtempSync(join(work.folder, 'stage-'));
  for (const path of paths) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    symlinkSync(resolve(from, path), join(stage, path));
  }
  if (work.aws.dryRun) paths.forEach((path) => work.say(`would upload: ${to}${path}`));
  work.aws.change(['s3', 'cp', stage, to, '--recursive', '--content-type', type, '--cache-control', cache, '--only-show-errors']);
}

function remove(work, bucket, keys) {
  if (work.aws.dryRun) keys.forEach((key) => work.say(`would remove: s3://${bucket}/${key}`));
  for (let at = 0; at < keys.length; at += BATCH) {
    const request = join(work.folder, `remove-${bucket}-${at}.json`);
    writeFileSync(request, JSON.stringify({ Objects: keys.slice(at, at + BATCH).map((Key) => ({ Key })), Quiet: true }));
    const answer = work.aws.change(['s3api', 'delete-objects', '--bucket', bucket, '--delete', `file://${request}`, '--output', 'json']);
    if (answer.Errors?.length) throw new Mistake(`${answer.Errors[0].Key} in ${bucket} could not be removed: ${answer.Errors[0].Message}`);
  }
}

/** What is to go up, compared with what is there. */
async function plan(shop, before, all, say) {
  const [site, former, built, goods] = [siteFiles(shop), formerAddresses(shop), bundle(shop), await downloads(shop)];
  const differs = (known, files) => [...files].filter(([path, print]) => all || known[path] !== print).map(([path]) => path);
  return {
    built,
    former,
    redirects: table(former, site.keys(), say),
    changed: differs(before.site, site),
    gone: Object.keys(before.site).filter((path) => !site.has(path)),
    parts: built.names.filter((name) => all || !before.bundle.includes(name)),
    goods: differs(before.downloads, goods),
    after: { site: Object.fromEntries(site), bundle: built.names, downloads: Object.fromEntries(goods) },
  };
}

async function publish(work, { shop, all }) {
  const { aws, folder, say } = work;
  const out = outputs(aws, work.stack);
  const before = current(aws, out.StoreBucket, folder);
  const { built, former, redirects, changed, gone, parts, goods, after } = await plan(shop, before, all, say);
  if (built.baseUrl !== out.ShopUrl) {
    throw new Mistake(`the shop was built for ${built.baseUrl}, and the stack ${work.stack} is ${out.ShopUrl}: make \`base_url\` in shop.yaml the same, at the root of its host, and build it again`);
  }
  // Entered before it is there: whoever publishes after an interruption knows what may lie in the buckets.
  const begun = Object.fromEntries([...changed, ...gone].map((path) => [path, '']));
  record(aws, out.StoreBucket, folder, {
    site: { ...before.site, ...begun },
    bundle: [...new Set([...before.bundle, ...after.bundle])].sort(),
    downloads: { ...before.downloads, ...Object.fromEntries(goods.map((path) => [path, ''])) },
  });
  for (const group of storeUploads(goods)) upload(work, join(shop, 'downloads'), group, `s3://${out.StoreBucket}/downloads/`);
  for (const group of storeUploads(parts)) upload(work, join(shop, '.shopfront/bundle'), group, `s3://${out.StoreBucket}/bundle/`);
  for (const group of storeUploads(['manifest.json'])) upload(work, join(shop, '.shopfront/bundle'), group, `s3://${out.StoreBucket}/bundle/`);
  const pages = new Set(former.map(([from]) => fileOf(from)));
  for (const group of siteUploads(changed, pages)) upload(work, join(shop, 'public'), group, `s3://${out.SiteBucket}/`);
  const led = fill(aws, out.Redirects, redirects, folder);
  const vanished = gone.filter((path) => !isNamed(path));
  remove(work, out.SiteBucket, vanished);
  const forget = invalidations([...changed.filter((path) => all || path in before.site), ...vanished]);
  if (forget.length) {
    aws.change(['cloudfront', 'create-invalidation', '--distribution-id', out.Distribution, '--paths', ...forget, '--output', 'json']);
  }
  // Named files that are gone stay in the bucket, and in former versions of this list until `tidy` removes them.
  record(aws, out.StoreBucket, folder, after);
  say(`${changed.length} files of the site, ${parts.length} parts of the bundle, ${goods.length} goods uploaded; ${vanished.length} pages removed; ${led} former addresses changed; ${forget.length} paths forgotten by the CDN`);
}

/** The keys of a bucket below a prefix that were last changed before then. */
function oldKeys(aws, bucket, prefix, then) {
  const found = aws.ask(['s3api', 'list-objects-v2', '--bucket', bucket, '--prefix', prefix])?.Contents ?? [];
  return found.filter(({ LastModified }) => Date.parse(LastModified) < then).map(({ Key }) => Key);
}

function tidy(work, { days }) {
  if (!/^\d+$/.test(days) || Number(days) < 1 || Number(days) > MOST_DAYS) throw new Mistake(`--days has to be between 1 and ${MOST_DAYS}`);
  const { aws, folder, say } = work;
  const then = Date.now() - Number(days) * 86_400_000;
  const out = outputs(aws, work.stack);
  const needed = since(aws, out.StoreBucket, folder, then);
  const files = new Set(needed.flatMap(({ site }) => Object.keys(site)));
  const parts = new Set(['manifest.json', ...needed.flatMap(({ bundle }) => bundle)].map((name) => `bundle/${name}`));
  const unnamed = ['assets/', 'img/'].flatMap((prefix) => oldKeys(aws, out.SiteBucket, prefix, then)).filter((key) => !files.has(key));
  const unused = oldKeys(aws, out.StoreBucket, 'bundle/', then).filter((key) => !parts.has(key));
  remove(work, out.SiteBucket, unnamed);
  remove(work, out.StoreBucket, unused);
  say(`${unnamed.length} files of the site and ${unused.length} parts of bundles removed that nothing has named for ${days} days`);
}

await command(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: 'string' }, shop: { type: 'string', default: '.' }, days: { type: 'string', default: '7' },
      all: { type: 'boolean', default: false }, 'dry-run': { type: 'boolean', default: false },
    },
  });
  if (!values.stack || positionals.length > 1 || (positionals[0] ?? 'tidy') !== 'tidy') throw new Mistake(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-publish-'));
  // What is told is what would be done, where nothing is done.
  const say = (line) => console.log(values['dry-run'] && !line.startsWith('would ') ? `would be: ${line}` : line);
  const work = { stack: values.stack, folder, say, aws: connect({ dryRun: values['dry-run'], say }) };
  try {
    await (positionals[0] === 'tidy' ? tidy(work, values) : publish(work, values));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
