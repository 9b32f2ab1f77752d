import { Agent, get as getPlain } from 'node:http';
import { Agent as TlsAgent, get as getTls } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;

/**
 * A light load of GET requests at a fixed rate, independent of responses. Each latency counts from the time at which its
 * request was due: a stall is charged for every request that it delays. `samples` are `{ dueMs, ms, status }`, with status 0
 * for a request without a complete response.
 */
export class Load {
  samples = [];
  #running = new Set();
  #isStopped = false;
  #done;

  /** @param now milliseconds since the drill began */
  constructor(url, { rate, headers }, now) {
    const isTls = url.startsWith('https:');
    this.url = url;
    this.headers = headers;
    this.intervalMs = 1000 / rate;
    this.now = now;
    this.get = isTls ? getTls : getPlain;
    this.agent = new (isTls ? TlsAgent : Agent)({ keepAlive: true });
    this.#done = this.#run();
  }

  /** Sends no more; resolves when every response has arrived or timed out. */
  async stop() {
    this.#isStopped = true;
    await this.#done;
    await Promise.all(this.#running);
    this.agent.destroy();
    this.samples.sort((a, b) => a.dueMs - b.dueMs);
  }

  async #run() {
    for (let dueMs = this.now(); !this.#isStopped; dueMs += this.intervalMs) {
      const waitMs = dueMs - this.now();
      if (waitMs > 1) await sleep(waitMs);
      const sending = this.#send(dueMs).finally(() => this.#running.delete(sending));
      this.#running.add(sending);
    }
  }

  async #send(dueMs) {
    const status = await this.#statusOfRequest();
    this.samples.push({ dueMs, ms: this.now() - dueMs, status });
  }

  #statusOfRequest() {
    return new Promise((resolve) => {
      const options = { agent: this.agent, headers: this.headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
      this.get(this.url, options, (response) => {
        response.on('error', () => undefined);
        response.on('close', () => resolve(response.complete ? response.statusCode : 0)).resume();
      }).on('error', () => resolve(0));
    });
  }
}
