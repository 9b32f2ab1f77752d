import { Mismatch } from './expect.mjs';

const TIMEOUT_MS = 10_000;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** HTTP client for the system under test. A response is `{ method, path, status, headers, text, json }`. */
export class Client {
  #base;

  constructor(base) {
    this.#base = base;
  }

  get(path, headers) {
    return this.send('GET', path, undefined, headers);
  }

  /** Sends `body` as JSON; a string or bytes are sent unchanged. Every response must have a request id. */
  async send(method, path, body, headers = {}) {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.#base + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.headers.get('x-request-id'))
      throw new Mismatch('an x-request-id header', `none on ${method} ${path} -> ${response.status}`);
    return { method, path, status: response.status, headers: response.headers, text, json: parse(text) };
  }

  /** Opens a response without an end: `until(predicate)` reads until the text so far satisfies it. */
  async openStream(path, headers) {
    const closing = new AbortController();
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(this.#base + path, { headers, signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    return {
      async until(predicate) {
        let text = '';
        while (!predicate(text)) {
          const { done, value } = await reader.read();
          if (done) throw new Mismatch('the stream to continue', `${response.status} ${text}`);
          text += value;
        }
      },
      close: () => closing.abort(),
    };
  }
}
