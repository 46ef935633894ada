// What each file of the site is sent as, how long it may be kept, and in which order files go up. Pure.

/** By their endings. What is not here is sent as bytes, and no browser shows it. */
const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', mjs: 'text/javascript; charset=utf-8',
  json: 'application/json', jsonl: 'application/json', webmanifest: 'application/manifest+json', map: 'application/json',
  xml: 'application/xml', txt: 'text/plain; charset=utf-8', md: 'text/plain; charset=utf-8', csv: 'text/csv; charset=utf-8', ics: 'text/calendar; charset=utf-8',
  svg: 'image/svg+xml', webp: 'image/webp', avif: 'image/avif', jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', ico: 'image/x-icon',
  woff2: 'font/woff2', woff: 'font/woff', ttf: 'font/ttf', otf: 'font/otf',
  pdf: 'application/pdf', zip: 'application/zip', epub: 'application/epub+zip', mp3: 'audio/mpeg', mp4: 'video/mp4', webm: 'video/webm', wasm: 'application/wasm',
};

/** Names that carry their content: they never change, and old pages need them. */
const NAMED = /^(assets|img)\//;
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Browsers ask each time whether there is another one, which costs no more than a header; the CDN, which is told of every change,
 * keeps it, and not for longer than an hour should a message get lost. */
const ASK = 'public, max-age=0, s-maxage=3600, must-revalidate';

/** What only the functions read. */
const PRIVATE = 'private, no-store';

/** Whether a file's name carries its content. */
export const isNamed = (path) => NAMED.test(path);

/** Whether a file's name has no ending; the CDN would take it for a page. */
export const hasNoEnding = (path) => !path.slice(path.lastIndexOf('/') + 1).includes('.');

/** The media type of a file. A page at a former address may have no ending. */
export function typeOf(path, isPage = false) {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1].toLowerCase();
  return isPage ? TYPES.html : TYPES[ending ?? ''] ?? 'application/octet-stream';
}

/** What a page shows comes before it; what leads to pages comes after them. */
function stepOf(path, isPage) {
  if (isNamed(path)) return 0;
  if (isPage || path.endsWith('.html')) return 2;
  return /\.(xml|txt)$/.test(path) ? 3 : 1;
}

/**
 * The files of the site in groups that go up one after the other, each with one type and one lifetime.
 * @param {Iterable<string>} paths
 * @param {Set<string>} former paths of the pages at former addresses
 */
export function siteUploads(paths, former) {
  const groups = new Map();
  for (const path of [...paths].sort()) {
    const isPage = former.has(path);
    const group = { step: stepOf(path, isPage), type: typeOf(path, isPage), cache: isNamed(path) ? FOR_EVER : ASK };
    const key = JSON.stringify([group.step, group.type]);
    if (!groups.has(key)) groups.set(key, { ...group, paths: [] });
    groups.get(key).paths.push(path);
  }
  return [...groups.values()].sort((a, b) => a.step - b.step || (a.type < b.type ? -1 : 1));
}

/** The same for files that only the functions read. */
export function storeUploads(paths) {
  const types = [...new Set(paths.map((path) => typeOf(path)))].sort();
  return types.map((type) => ({ type, cache: PRIVATE, paths: paths.filter((path) => typeOf(path) === type) }));
}

/** So many files are named one by one; more are named by their topmost folders, of which the CDN takes so many at a time; still
 * more are everything. */
const MOST_SINGLE = 100;
const MOST_FOLDERS = 15;

const encoded = (path) => path.split('/').map(encodeURIComponent).join('/');

/**
 * What the CDN has to forget when these files of the site have changed or are gone. A page has two addresses, its own and that of
 * its `index.html`. What carries its content in its name is never among them.
 */
export function invalidations(paths) {
  const changed = [...paths].filter((path) => !isNamed(path)).sort();
  if (changed.length <= MOST_SINGLE) {
    return changed.flatMap((path) => {
      const address = `/${encoded(path)}`;
      return address.endsWith('/index.html') ? [address, address.slice(0, -'index.html'.length)] : [address];
    });
  }
  const topmost = new Set(changed.map((path) => (path.includes('/') ? `/${encoded(path.slice(0, path.indexOf('/')))}/*` : `/${encoded(path)}`)));
  if ([...topmost].filter((path) => path.endsWith('*')).length > MOST_FOLDERS) return ['/*'];
  return [...topmost, ...(topmost.has('/index.html') ? ['/'] : [])].sort();
}
