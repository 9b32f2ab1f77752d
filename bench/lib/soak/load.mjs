import { setTimeout as sleep } from 'node:timers/promises';
import { clients, closeClients } from './clients.mjs';

const MOST_FAILURES = 10;

/** Runs all clients at once until stopped; counts turns and records the first failures. */
export class MixedLoad {
  turns = Object.fromEntries(clients.map(({ name }) => [name, 0]));
  failed = 0;
  failures = [];
  #stopped = false;
  #loops;

  constructor(base) {
    const all = clients.flatMap((client) => Array.from({ length: client.count }, () => client));
    this.#loops = all.map((client) => this.#loop(client, base));
  }

  get total() {
    return Object.values(this.turns).reduce((sum, count) => sum + count, 0);
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#loops);
    closeClients();
  }

  async #loop({ name, turn, restMs }, base) {
    while (!this.#stopped) {
      try {
        await turn(base);
        this.turns[name] += 1;
      } catch (error) {
        this.#recordFailure(`${name}: ${error.message}`);
      }
      await sleep(restMs);
    }
  }

  #recordFailure(failure) {
    this.failed += 1;
    if (this.failures.length < MOST_FAILURES) this.failures.push(failure);
  }
}
