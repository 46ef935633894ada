// What a build has left in a shop's folder: the site, the bundle and the goods to download. Only reads.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { Mistake } from './aws.mjs';

/** For web servers that read them, and our own notes: not for visitors. */
const NOT_UPLOADED = new Set(['_headers', '_redirects', '.shopfront-manifest']);

function read(shop, name) {
  try {
    return readFileSync(join(shop, name), 'utf8');
  } catch (error) {
    throw new Mistake(`cannot read ${join(shop, name)} (${error.code}): run \`shopfront build\` in the shop's folder first`);
  }
}

/** The site's files by path, each with the fingerprint of its bytes, as the build has written them down. */
export function siteFiles(shop) {
  const [header, ...lines] = read(shop, 'public/.shopfront-manifest').split('\n');
  if (header !== 'shopfront-manifest 1') throw new Mistake('public/.shopfront-manifest is of another version: use the scripts of the version that built the shop');
  const files = new Map();
  for (const line of lines.filter((line) => line !== '')) {
    // A line that begins with `+` names a file whose writing was begun and never finished.
    const entry = /^([0-9a-f]{32}) \d+ \d+ \d+ \d+ (.+)$/.exec(line);
    if (!entry) throw new Mistake('the last build was interrupted: run `shopfront build` again');
    if (!NOT_UPLOADED.has(entry[2])) files.set(entry[2], entry[1]);
  }
  if (!files.has('404.html')) throw new Mistake('public/ has no 404.html: this is no site that shopfront has built');
  return files;
}

/** Former addresses and where they lead, as `[from, to]`. */
export function formerAddresses(shop) {
  const lines = read(shop, 'public/_redirects').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [from, to, status] = line.split(' ');
    if (status !== '301' || !from.startsWith('/') || !to.startsWith('/')) throw new Mistake(`public/_redirects has a line that is not ours: ${line}`);
    return [from, to];
  });
}

/** The bundle: the files that its manifest names, and what it says of the shop. */
export function bundle(shop) {
  const folder = '.shopfront/bundle';
  const manifest = JSON.parse(read(shop, `${folder}/manifest.json`));
  const names = [manifest.terms, manifest.headers, manifest.mail, ...Object.values(manifest.shells), ...manifest.shards].filter(Boolean);
  const missing = names.find((name) => !existsSync(join(shop, folder, name)));
  if (missing) throw new Mistake(`${folder}/${missing} is missing: run \`shopfront build\` again`);
  return {
    names: [...new Set(names)].sort(),
    baseUrl: JSON.parse(read(shop, `${folder}/${manifest.terms}`)).base_url,
    headers: new Map(JSON.parse(read(shop, `${folder}/${manifest.headers}`))),
  };
}

/** Goods to download by path, each with a hash of its bytes. They may be large, so they are read as streams. */
export async function downloads(shop) {
  const folder = join(shop, 'downloads');
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = new Map();
  for (const entry of entries) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    files.set(path.slice(folder.length + 1).replaceAll('\\', '/'), hash.digest('hex'));
  }
  return new Map([...files].sort());
}
