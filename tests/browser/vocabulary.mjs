// The vocabulary of schema.org as the validator of structured data wants it, from Google's own types of it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const TYPES = join(dirname(createRequire(import.meta.url).resolve('schema-dts/package.json')), 'dist/schema.d.ts');

/** @returns {{ '@graph': object[] }} a class for each type, a property for each name with the types that have it */
export function vocabulary() {
  const classes = [];
  /** @type {Map<string, string[]>} */
  const domains = new Map();
  const text = readFileSync(TYPES, 'utf8');
  for (const [, name, parents = '', body] of text.matchAll(/^(?:export )?interface (\w+)Base(?: extends ([^{]+?))? \{\n([\s\S]*?)^\}/gm)) {
    const above = [...parents.matchAll(/(\w+)Base\b/g)].map(([, parent]) => ({ '@id': `schema:${parent}` }));
    classes.push({ '@id': `schema:${name}`, '@type': 'rdfs:Class', 'rdfs:subClassOf': above });
    for (const [, property] of body.matchAll(/^ {4}"(\w+)"\?: /gm)) domains.set(property, [...domains.get(property) ?? [], name]);
  }
  // Types without properties of their own have no interface, only a place in a union or a leaf.
  const known = new Set(classes.map((entry) => entry['@id']));
  for (const [, name, parents] of text.matchAll(/^export interface (\w+)Leaf extends ([^{]+) \{/gm)) {
    if (known.has(`schema:${name}`)) continue;
    const above = [...parents.matchAll(/(\w+)Base\b/g)].map(([, parent]) => ({ '@id': `schema:${parent}` }));
    classes.push({ '@id': `schema:${name}`, '@type': 'rdfs:Class', 'rdfs:subClassOf': above });
  }
  const properties = [...domains].map(([property, names]) => ({
    '@id': `schema:${property}`, '@type': 'rdf:Property', 'schema:domainIncludes': names.map((name) => ({ '@id': `schema:${name}` })),
  }));
  if (classes.length < 700 || properties.length < 1000) throw new Error(`${TYPES} is not read any more: ${classes.length} types, ${properties.length} properties`);
  return { '@graph': [...classes, ...properties] };
}
