// What has been published: `published.json` in the store's bucket. The next publication uploads what differs from it; its
// former versions, which the bucket keeps for 30 days, tell what was needed when.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Mistake } from './aws.mjs';

const NAME = 'published.json';
const FORMAT = 1;

const NOTHING = { format: FORMAT, site: {}, bundle: [], downloads: {} };

function decode(path) {
  const published = JSON.parse(readFileSync(path, 'utf8'));
  if (published.format !== FORMAT) throw new Mistake(`${NAME} was written by another version of these scripts; use that one`);
  return published;
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
