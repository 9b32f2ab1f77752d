import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends one request over `agent`; resolves to its status, or 0 without a complete response. */
export const send = (agent, url, { method = 'GET', body } = {}) =>
  new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    request(url, { agent, method, headers, timeout: 20_000 }, (response) => {
      response.on('close', () => resolve(response.complete ? response.statusCode : 0)).resume();
    })
      .on('error', () => resolve(0))
      .end(body && JSON.stringify(body));
  });

/** Sends requests at a constant rate until stopped, independent of responses. */
export class Load {
  results = [];
  #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #isOver = false;
  #finished;

  constructor(url, perSecond, makeRequest = () => ({})) {
    this.#finished = this.#run(url, perSecond, makeRequest);
  }

  /** Resolves to the results of all requests. */
  async stop() {
    this.#isOver = true;
    await this.#finished;
    this.#agent.destroy();
    return this.results;
  }

  async #run(url, perSecond, makeRequest) {
    const startedAt = performance.now();
    const sent = [];
    while (!this.#isOver) {
      const due = ((performance.now() - startedAt) * perSecond) / 1000;
      while (sent.length < due) sent.push(this.#sendOne(url, makeRequest()));
      await sleep(2);
    }
    await Promise.all(sent);
  }

  async #sendOne(url, options) {
    const since = performance.now();
    const status = await send(this.#agent, url, options);
    this.results.push({ status, ms: performance.now() - since });
  }
}

export const failed = (results) => results.filter(({ status }) => status < 200 || status > 299).length;

/** The value below which `share` of all values are. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
