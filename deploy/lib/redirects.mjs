// The CDN's table: former addresses with where they lead, and files without an ending with themselves (see `cdn.js`).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Mistake } from './aws.mjs';
import { hasNoEnding } from './rules.mjs';

/** The limits of a key-value store of CloudFront, in bytes: of a key, of a value, of everything. */
const LONGEST_KEY = 512;
const LONGEST_VALUE = 1024;
const MOST_BYTES = 5_000_000;
/** So many changes one request may have. */
const BATCH = 50;

const bytes = (text) => Buffer.byteLength(text);

function decoded(address) {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/** An address as it may stand in a header. What is encoded already stays so. */
const asHeader = (address) => address.replace(/[^\x21-\x7e]/gu, encodeURIComponent);

/**
 * What the table has to hold.
 * @param {[string, string][]} former addresses and where they lead
 * @param {Iterable<string>} paths of the site's files
 * @param {(line: string) => void} say
 */
export function table(former, paths, say) {
  const entries = new Map();
  for (const path of paths) {
    if (hasNoEnding(path)) entries.set(`/${path}`, `/${path}`);
  }
  for (const [from, to] of former) entries.set(decoded(from), asHeader(to));
  for (const [key, value] of entries) {
    if (bytes(key) <= LONGEST_KEY && bytes(value) <= LONGEST_VALUE) continue;
    say(`the address ${key} or where it leads is too long for the CDN's table; the page that stands there leads on instead`);
    entries.delete(key);
  }
  const size = [...entries].reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
  if (size > MOST_BYTES) throw new Mistake(`the former addresses need ${size} bytes, and the CDN's table has ${MOST_BYTES}: take old ones out of \`aliases\``);
  return entries;
}

/** Makes the CDN's table what it has to be, a batch at a time. Answers with how many entries changed. */
export function fill(aws, kvs, wanted, folder) {
  const known = new Map((aws.ask(['cloudfront-keyvaluestore', 'list-keys', '--kvs-arn', kvs])?.Items ?? []).map(({ Key, Value }) => [Key, Value]));
  const puts = [...wanted].filter(([key, value]) => known.get(key) !== value).map(([Key, Value]) => ({ Puts: { Key, Value } }));
  const deletes = [...known.keys()].filter((key) => !wanted.has(key)).map((Key) => ({ Deletes: { Key } }));
  const changes = [...puts, ...deletes];
  let version = changes.length ? aws.ask(['cloudfront-keyvaluestore', 'describe-key-value-store', '--kvs-arn', kvs]).ETag : '';
  for (let at = 0; at < changes.length; at += BATCH) {
    const batch = changes.slice(at, at + BATCH);
    const of = (kind) => batch.map((change) => change[kind]).filter(Boolean);
    const request = join(folder, `redirects-${at}.json`);
    writeFileSync(request, JSON.stringify({ KvsARN: kvs, IfMatch: version, ...(of('Puts').length && { Puts: of('Puts') }), ...(of('Deletes').length && { Deletes: of('Deletes') }) }));
    version = aws.change(['cloudfront-keyvaluestore', 'update-keys', '--cli-input-json', `file://${request}`, '--output', 'json']).ETag;
  }
  return changes.length;
}
