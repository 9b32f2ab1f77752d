import { readFileSync } from 'node:fs';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { operatorsUrl } from '../../lib/gateway-url.mjs';
import { CommandError, EXIT, usageError } from '../command-error.mjs';
import { noGateway, problemText, unreachable } from './failure-text.mjs';

const TIMEOUT_MS = 10_000;
/** What a token may consist of: a header field would refuse other characters, and print the token. */
const TOKEN_TEXT = /^[\x21-\x7e]+$/;

/** Option of commands that ask a running gateway. */
export const GATEWAY = {
  gateway: {
    type: 'string',
    value: 'URL',
    help: 'the gateway; by default GATEWAY_URL, else as GATEWAY_HOST and GATEWAY_PORT, or ADMIN_HOST and ADMIN_PORT, say: http://127.0.0.1:8000',
  },
};

/** Option of commands that need more access than to read the registry. */
export const TOKEN = {
  'token-file': {
    type: 'string',
    value: 'FILE',
    help: 'a file with the token of the registry, instead of REGISTRY_TOKEN; a gateway on another machine needs it',
  },
};

/** Where commands look for a gateway that no option names. */
export const defaultUrl = (env) => env.GATEWAY_URL || operatorsUrl(env);

/**
 * The gateway that the options of a command name.
 * @param failureCode exit code if it cannot be reached or responds with a failure
 */
export function gatewayOf(options, failureCode = EXIT.failed) {
  const url = options.gateway ?? defaultUrl(process.env);
  // Before "@" may stand a password, also in what is no URL.
  if (url.includes('@'))
    throw usageError(
      'the gateway must be a URL without user name and password; REGISTRY_TOKEN or --token-file gives access',
    );
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw usageError(`the gateway must be a URL such as http://127.0.0.1:8000, not ${url}`);
  return new GatewayClient(url, tokenOf(options), failureCode);
}

/** The token of the registry; `undefined` or empty without one. Failures name its source, never the token. */
export function tokenOf({ 'token-file': file }) {
  const token = file === undefined ? process.env.REGISTRY_TOKEN : tokenIn(file);
  if (token && !TOKEN_TEXT.test(token))
    throw usageError(
      `the token in ${file ?? 'REGISTRY_TOKEN'} must consist of visible ASCII characters, without spaces and line breaks`,
    );
  return token;
}

function tokenIn(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(EXIT.usage, `${file} cannot be read (${error.code ?? error.message})`);
  }
}

/** A running gateway. Its methods throw a CommandError for every failure. */
class GatewayClient {
  constructor(url, token, failureCode) {
    this.url = url;
    this.headers = token ? { authorization: `Bearer ${token}` } : {};
    this.failureCode = failureCode;
  }

  /** The response as text. */
  async text(method, path, timeoutMs = TIMEOUT_MS) {
    const response = await this.#fetch(method, path, {}, AbortSignal.timeout(timeoutMs));
    return this.#read(() => response.text());
  }

  /** The response, parsed; another program than a gateway may respond with anything. */
  async json(method, path) {
    const text = await this.text(method, path);
    try {
      return JSON.parse(text);
    } catch {
      throw this.#failure(noGateway(path));
    }
  }

  /**
   * The events of a stream, until it ends: `{ id, event, data }`.
   * @param lastEventId continues after this event
   * @param signal ends it
   */
  async *events(path, { lastEventId, signal }) {
    const ended = new AbortController();
    const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) };
    const response = await this.#fetch('GET', path, headers, AbortSignal.any([signal, ended.signal]));
    if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
      throw this.#failure(noGateway(path));
    try {
      const text = response.body.pipeThrough(new TextDecoderStream());
      yield* text.pipeThrough(new EventSourceParserStream());
    } catch (error) {
      throw this.#failure(unreachable(error));
    } finally {
      ended.abort();
    }
  }

  async #fetch(method, path, headers, signal) {
    const options = { method, headers: { ...this.headers, ...headers }, signal, redirect: 'manual' };
    const response = await this.#read(() => fetch(new URL(path, this.url), options));
    if (response.ok) return response;
    const text = await this.#read(() => response.text());
    const code = response.status === 400 ? EXIT.usage : this.failureCode;
    throw new CommandError(code, `${this.url}: ${problemText(response.status, text, path)}`);
  }

  async #read(request) {
    try {
      return await request();
    } catch (error) {
      throw this.#failure(unreachable(error));
    }
  }

  #failure(text) {
    return new CommandError(this.failureCode, `${this.url}: ${text}`);
  }
}
