import { readFileSync } from 'node:fs';
import { DrillError } from './drill-error.mjs';

/** The token of the development stack, which is public, unless REGISTRY_TOKEN was set when it was started. */
function developmentToken() {
  const [, token] = /REGISTRY_TOKEN:-([^}]+)\}/.exec(readFileSync('docker-compose.yml', 'utf8')) ?? [];
  return token;
}

const TIMEOUT_MS = 10_000;

const reasonOf = (error) => error.cause?.code ?? error.cause?.message ?? error.message;

/** The endpoints of a gateway that a drill needs. Methods throw DrillError if there is no response. */
export class GatewayClient {
  /** @param token bearer token of the registry; `undefined`: none */
  constructor({ url, adminUrl, token, headers }) {
    this.url = url;
    this.adminUrl = adminUrl;
    this.token = token;
    this.headers = headers;
  }

  /** The registered instances of a service. */
  async instances(service) {
    const { status, body } = await this.call('GET', `/discovery/services?name=${service}`);
    if (status !== 200) throw new DrillError(`${this.adminUrl}: GET /discovery/services responded ${status}`);
    return body;
  }

  /** Sends a request to an endpoint for operators. If it needs a token and none is given, that of the development stack is tried. */
  async call(method, path, body) {
    const result = await this.#call(method, path, body);
    if (result.status !== 401 || this.token !== undefined) return result;
    this.token = developmentToken();
    return await this.#call(method, path, body);
  }

  async #call(method, path, body) {
    const headers = {
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const response = await this.#fetch(this.adminUrl + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parsed(text) };
  }

  /** The status of the response to a GET through the gateway. */
  async statusOf(path) {
    const response = await this.#fetch(this.url + path, { redirect: 'manual', headers: this.headers });
    await response.arrayBuffer();
    return response.status;
  }

  async #fetch(url, init) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw new DrillError(
        `no response from ${url} (${reasonOf(error)}); start the system first (npm start), or name its address with --url`,
      );
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
