// An `aws` command for tests: buckets, a table of redirects and a stack in a JSON file, and a list of everything that was asked
// for. Knows the calls that the scripts make and fails at any other.
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = process.env.FAKE_AWS;
const state = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const input = (text) => JSON.parse(readFileSync(text.replace('file://', ''), 'utf8'));
const versions = (bucket, key) => ((state.buckets[bucket] ??= {})[key] ??= []);
/** The clock stands; tests say what time it is. */
const now = () => new Date(state.now).toISOString();

function fail(text) {
  console.error(text);
  save();
  process.exit(254);
}

function save() {
  writeFileSync(file, JSON.stringify(state));
}

function put(bucket, key, bytes, about) {
  if (state.fails === `${bucket}/${key}`) fail('An error occurred (InternalError) when calling the PutObject operation');
  state.log.push(`put ${bucket}/${key}`);
  versions(bucket, key).push({ id: `v${(state.next += 1)}`, at: now(), bytes, ...about });
}

const calls = {
  'cloudformation describe-stacks': () => {
    if (option('--stack-name') !== 'shop') fail('An error occurred (ValidationError): Stack with id other does not exist');
    return { Stacks: [{ Outputs: Object.entries(state.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })) }] };
  },
  'cloudformation package': () => { copyFileSync(option('--template-file'), option('--output-template-file')); state.log.push('package'); },
  'cloudformation deploy': () => { state.deployed = args; state.log.push('deploy'); },
  's3 cp': () => {
    const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(args[3]);
    const paths = readdirSync(args[2], { recursive: true }).filter((path) => statSync(join(args[2], path)).isFile()).sort();
    for (const path of paths) {
      put(bucket, prefix + path, readFileSync(join(args[2], path), 'base64'), { type: option('--content-type'), cache: option('--cache-control') });
    }
  },
  's3api put-object': () => { put(option('--bucket'), option('--key'), readFileSync(option('--body'), 'base64')); return {}; },
  's3api get-object': () => {
    const found = versions(option('--bucket'), option('--key')).filter(({ id }) => [undefined, id].includes(option('--version-id'))).at(-1);
    if (!found) fail('An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.');
    const positional = args.filter((arg, at) => at >= 2 && !arg.startsWith('--') && !args[at - 1].startsWith('--'));
    writeFileSync(positional[0], Buffer.from(found.bytes, 'base64'));
    return {};
  },
  's3api list-object-versions': () => ({
    Versions: versions(option('--bucket'), option('--prefix')).map(({ id, at }) => ({ Key: option('--prefix'), VersionId: id, LastModified: at })).reverse(),
  }),
  's3api list-objects-v2': () => ({
    Contents: Object.entries(state.buckets[option('--bucket')] ?? {})
      .filter(([key, stored]) => key.startsWith(option('--prefix')) && stored.length)
      .map(([Key, stored]) => ({ Key, LastModified: stored.at(-1).at })),
  }),
  's3api delete-objects': () => {
    for (const { Key } of input(option('--delete')).Objects) {
      state.log.push(`delete ${option('--bucket')}/${Key}`);
      delete state.buckets[option('--bucket')][Key];
    }
  },
  'cloudfront create-invalidation': () => {
    const paths = args.slice(args.indexOf('--paths') + 1, args.indexOf('--output'));
    state.log.push(`invalidate ${option('--distribution-id')} ${paths.join(' ')}`);
    return {};
  },
  'cloudfront-keyvaluestore list-keys': () => ({ Items: Object.entries(state.redirects).map(([Key, Value]) => ({ Key, Value })) }),
  'cloudfront-keyvaluestore describe-key-value-store': () => ({ ETag: `E${state.etag}` }),
  'cloudfront-keyvaluestore update-keys': () => {
    const { KvsARN, IfMatch, Puts = [], Deletes = [] } = input(option('--cli-input-json'));
    if (IfMatch !== `E${state.etag}`) fail('An error occurred (ConflictException): the version is another');
    if (Puts.length + Deletes.length > 50 || Puts.length + Deletes.length === 0) fail('An error occurred (ValidationException): 1 to 50 changes');
    for (const { Key, Value } of Puts) state.redirects[Key] = Value;
    for (const { Key } of Deletes) delete state.redirects[Key];
    state.etag += 1;
    state.log.push(`redirects ${KvsARN} +${Puts.length} -${Deletes.length}`);
    return { ETag: `E${state.etag}` };
  },
};

if (!existsSync(file)) throw new Error('FAKE_AWS names no file');
const call = calls[args.slice(0, 2).join(' ')];
if (!call) fail(`the scripts are not expected to call: aws ${args.join(' ')}`);
const answer = call();
save();
if (answer) console.log(JSON.stringify(answer));
