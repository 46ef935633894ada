// What the CDN does with a request for the site before it looks for a file: former addresses lead on, addresses of pages
// get their slash and their `index.html`. CloudFront function, viewer request, runtime `cloudfront-js-2.0`: ES 5.1 with
// const, let, await and little else, at most 10 kB. It is deployed from this file by `deploy.mjs`.
//
// The key-value store holds each former address (percent-decoded) with the address to which it leads, and each file without
// an ending with itself, so that it is not taken for a page. `publish.mjs` fills it.
import cf from 'cloudfront';

const table = cf.kvs();

async function handler(event) {
  const request = event.request;
  const uri = request.uri;
  // No page of ours is called like this. Answered as it is, it is not found; led on, `//host` would be another site.
  if (/^\/\/|[\\\u0000-\u0020\u007f]/.test(uri)) return request;
  const path = decoded(uri);
  const known = await look(path);
  if (known === path) return request;
  if (known) return leadOn(known, request.querystring);
  if (uri.charAt(uri.length - 1) === '/') {
    request.uri = uri + 'index.html';
    return request;
  }
  // Names of files have an ending; what has none is a page whose slash is missing. What lies below `/.well-known/` is for
  // machines, which take the addresses as they stand in their standards.
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  if (name.indexOf('.') >= 0 || uri.indexOf('/.well-known/') === 0) return request;
  return leadOn(uri + '/', request.querystring);
}

// Addresses come as they were sent, and the same letter can be sent in several ways. What cannot be decoded stays as it is.
function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (error) {
    return uri;
  }
}

// What is not in the store is an error, and so is a store that cannot be read: the page is shown then.
async function look(path) {
  try {
    return await table.get(path);
  } catch (error) {
    return '';
  }
}

// For an hour, since browsers would keep it for ever, and an address may be used again.
function leadOn(to, querystring) {
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: { location: { value: to + query(querystring) }, 'cache-control': { value: 'public, max-age=3600' } },
  };
}

function query(parameters) {
  const parts = [];
  for (const name in parameters) {
    const values = parameters[name].multiValue || [parameters[name]];
    for (let at = 0; at < values.length; at += 1) {
      parts.push(values[at].value === '' ? name : name + '=' + values[at].value);
    }
  }
  return parts.length ? '?' + parts.join('&') : '';
}
