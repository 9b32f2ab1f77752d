import { StackError } from '../stack-error.mjs';

/** The containers of one app. Starts as many new ones as are running, and stops either group. */
export class ComposeFleet {
  /** @throws StackError if none is running */
  static async of(compose, service) {
    const running = await compose.containersOf(service);
    if (running.length === 0)
      throw new StackError(`no container of ${service} is running: there is nothing to upgrade`);
    return new ComposeFleet(compose, service, running);
  }

  constructor(compose, service, before) {
    this.compose = compose;
    this.service = service;
    /** Containers that were running before. */
    this.before = before;
  }

  async start() {
    const scale = `${this.service}=${2 * this.before.length}`;
    const options = ['--detach', '--wait', '--no-deps', '--no-build', '--no-recreate', '--scale', scale];
    const code = await this.compose.run('up', ...options, this.service);
    if (code !== 0) throw new StackError('the new containers did not become healthy');
  }

  async discard() {
    const now = await this.compose.containersOf(this.service);
    await this.#end(now.filter((container) => !this.before.includes(container)));
  }

  retire() {
    return this.#end(this.before);
  }

  /** One after the other: each finishes its requests while the others serve. */
  async #end(containers) {
    for (const container of containers) {
      // Compose would stop those that it started last.
      await this.compose.docker('stop', '--time', '60', container);
      await this.compose.docker('rm', container);
    }
  }
}
