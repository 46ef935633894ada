// What docs/operators.md tells to type when the books are put back: run, or compared with the stores that it is for.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/operators.md');

/** The names of the sequences that stores know. */
const sequences = [...read('checkout-fn/src/order/invoice.rs').matchAll(/Self::\w+ => "([a-z-]+)",/g)].map(([, name]) => name);

/** The key of a sequence's item, as the store writes it. */
function keyOf(sequence) {
  const [, prefix, sk] = /format!\("([^"{]*)\{\}", sequence\.name\(\)\), "(\w+)"\)/.exec(read('checkout-fn/src/store/dynamodb/items.rs'));
  return { pk: { S: prefix + sequence }, sk: { S: sk } };
}

/** An `aws` command that knows two calls, and tables in a file of JSON. */
const AWS = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const [service, call, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const tables = JSON.parse(readFileSync(process.env.TABLES, 'utf8'));
const table = tables[option('--table-name')];
const same = ({ pk, sk }) => (item) => item.pk.S === pk.S && item.sk.S === sk.S;
if (service + call === 'dynamodbget-item' && option('--query') === 'Item') {
  console.log(JSON.stringify(table.find(same(JSON.parse(option('--key')))) ?? null));
} else if (service + call === 'dynamodbput-item') {
  const item = JSON.parse(option('--item'));
  tables[option('--table-name')] = [...table.filter((other) => !same(item)(other)), item];
  writeFileSync(process.env.TABLES, JSON.stringify(tables));
} else throw new Error('not expected: ' + process.argv.slice(2).join(' '));
`;

/** Runs what the guide says between the two tables; answers with what the restored one holds then. */
function goOnCounting(t, former, restored) {
  const folder = mkdtempSync(join(tmpdir(), 'shopfront-operators-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [, commands] = /```sh\n(\s+for s in [^`]*SEQ#[^`]*)```/.exec(guide);
  const tables = join(folder, 'tables.json');
  writeFileSync(tables, JSON.stringify({ TABLE: former, 'tessel-restored': restored }));
  writeFileSync(join(folder, 'aws'), AWS);
  chmodSync(join(folder, 'aws'), 0o755);
  const done = spawnSync('sh', ['-eu', '-c', commands], { encoding: 'utf8', env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TABLES: tables } });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(readFileSync(tables, 'utf8'))['tessel-restored'];
}

test('a restored table goes on counting where the former one was', (t) => {
  assert.deepEqual(sequences, ['invoice', 'credit-note']);
  const items = (...lasts) => sequences.map((name, at) => ({ ...keyOf(name), last: { N: lasts[at] } }));
  const other = { pk: { S: 'SKU#a' }, sk: { S: 'S#0' } };
  assert.deepEqual(goOnCounting(t, items('130', '7'), [other, ...items('123', '5')]), [other, ...items('130', '7')]);
  const [invoice] = items('1');
  assert.deepEqual(goOnCounting(t, [invoice, other], []), [invoice], 'no credit note was ever written');
  const [, byHand] = /`--item '(\{"pk": \{"S": "SEQ#[^']*)'`/.exec(guide);
  assert.deepEqual(JSON.parse(byHand), items('123')[0]);
});

test('a restored file of orders is set forward in the table that its schema makes', () => {
  const [, sql] = /sqlite3 orders\.sqlite "(INSERT [^"]*)"/.exec(guide);
  const [, table, columns] = /CREATE TABLE (sequences) \(([^;]*)\) STRICT;/.exec(read('checkout-fn/src/store/schema_6.sql'));
  const names = [...columns.matchAll(/^    ([a-z]+) [A-Z]/gm)].map(([, name]) => name);
  assert.deepEqual(names, ['name', 'last']);
  assert.equal(sql, `INSERT INTO ${table} (${names.join(', ')}) VALUES ('${sequences[0]}', 123) ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)`);
  assert.ok(guide.includes(`(\`${sequences[1]}\`)`));
});
