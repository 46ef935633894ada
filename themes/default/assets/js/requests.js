// Speaks to the checkout.

/** @import { Answer } from '../../types' */

import { api } from './page.js';

/**
 * @template T
 * @param {string} path
 * @param {object} [body] posted as JSON; without one it is a GET
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer<T>>} a problem with status 0 when the shop could not be reached
 */
export async function request(path, body, signal) {
  try {
    const response = await fetch(api + path, {
      method: body ? 'POST' : 'GET',
      headers: { Accept: 'application/json', ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
      signal,
    });
    const answer = await response.json().catch(() => ({}));
    return response.ok ? { ok: true, body: answer } : { ok: false, problem: { code: 'failed', ...answer, status: response.status } };
  } catch {
    return { ok: false, problem: { status: 0, code: 'offline' } };
  }
}
