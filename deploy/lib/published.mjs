// What has been published: `published.json` in the store's bucket. The next publication uploads what differs from it; its
// former versions, which the bucket keeps for 30 days, tell what was needed when.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Mistake } from './aws.mjs';
import { partsOf } from './shop.mjs';

const NAME = 'published.json';
const FORMAT = 1;

/** Prints of the site's files and the goods by path, names of the bundle's parts. Whether a file with an empty print, or a part that
 * is also among `begun`, has gone up is in doubt: a publication that meant to upload it has not been finished. */
const NOTHING = { format: FORMAT, site: {}, bundle: [], begun: [], downloads: {} };

function decode(path) {
  const published = JSON.parse(readFileSync(path, 'utf8'));
  if (published.format !== FORMAT) throw new Mistake(`${NAME} was written by another version of these scripts; use that one`);
  return { ...NOTHING, ...published };
}

/** What was published last. */
export function current(aws, bucket, folder) {
  const path = join(folder, 'published-before.json');
  return aws.ask(['s3api', 'get-object', '--bucket', bucket, '--key', NAME, path]) ? decode(path) : NOTHING;
}

/** Writes down what is published. */
export function record(aws, bucket, folder, published) {
  const path = join(folder, 'published.json');
  writeFileSync(path, JSON.stringify({ format: FORMAT, ...published }));
  aws.change(['s3api', 'put-object', '--bucket', bucket, '--key', NAME, '--body', path, '--content-type', 'application/json', '--output', 'json']);
}

/** The parts that the manifest names by which the functions go now. It is another one than was published last where somebody has
 * rolled it back. */
export function inUse(aws, bucket, folder) {
  const path = join(folder, 'manifest-in-use.json');
  const there = aws.ask(['s3api', 'get-object', '--bucket', bucket, '--key', 'bundle/manifest.json', path]);
  return there ? partsOf(JSON.parse(readFileSync(path, 'utf8'))) : [];
}

/** Everything that was published at some time since then. */
export function since(aws, bucket, folder, then) {
  const listed = aws.ask(['s3api', 'list-object-versions', '--bucket', bucket, '--prefix', NAME]);
  // Newest first, as S3 lists them; two may be of the same second.
  const versions = (listed.Versions ?? []).filter(({ Key }) => Key === NAME);
  if (versions.length === 0) throw new Mistake(`there is no ${NAME}: nothing was published by these scripts, so nobody knows what is needed`);
  // The newest one holds until now, each other one until the one after it came.
  const needed = versions.filter((_, at) => at === 0 || Date.parse(versions[at - 1].LastModified) >= then);
  return needed.map(({ VersionId }, at) => {
    const path = join(folder, `published-${at}.json`);
    aws.ask(['s3api', 'get-object', '--bucket', bucket, '--key', NAME, '--version-id', VersionId, path]);
    return decode(path);
  });
}
