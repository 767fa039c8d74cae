// Requests of scripts: JSON with the page's CSRF token, answered with JSON, or with a problem {code, sentence, reference}.

/** The answer was no; `status` 0 means that no answer came at all. */
export class Refusal extends Error {
  constructor(status, problem, retryAfter) {
    super((problem && problem.sentence) || '');
    this.status = status;
    this.code = (problem && problem.code) || '';
    this.retryAfter = retryAfter;
  }

  /** Worth sending the same again: no answer, a tired server, or too much at once. */
  get passes() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** `X-CSRF` for headers; empty when nobody is signed in. */
export function csrf() {
  const meta = document.querySelector('meta[name="csrf"]');
  return meta ? { 'X-CSRF': meta.content } : {};
}

/**
 * Sends `body` (an object, or JSON text that must stay the same when repeated). Outlives the page (keepalive), gives up
 * after `timeout` milliseconds. Throws only `Refusal`.
 */
export async function send(method, url, body, timeout = 20000) {
  const headers = Object.assign({ Accept: 'application/json' }, csrf());
  const options = { method, headers, credentials: 'same-origin', keepalive: method !== 'GET', cache: 'no-store' };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    options.body = typeof body === 'string' ? body : JSON.stringify(body);
  }
  const abort = new AbortController();
  options.signal = abort.signal;
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const response = await fetch(url, options);
    const text = await response.text();
    let json = null;
    try { json = text ? JSON.parse(text) : null; } catch (_) { /* a proxy's page, not ours */ }
    if (response.ok && (json || !text)) return json;
    const status = response.ok ? 502 : response.status;
    throw new Refusal(status, json, Number(response.headers.get('Retry-After')) || 0);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(0, null, 0);
  } finally {
    clearTimeout(timer);
  }
}
