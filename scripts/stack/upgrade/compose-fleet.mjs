import { StackError } from '../stack-error.mjs';

/** The containers of one app: starts as many new ones beside those that run, and ends either. */
export class ComposeFleet {
  /** @throws StackError when none runs */
  static async of(compose, service) {
    const running = await compose.containersOf(service);
    if (running.length === 0)
      throw new StackError(`no container of ${service} runs: there is nothing to upgrade`);
    return new ComposeFleet(compose, service, running);
  }

  constructor(compose, service, before) {
    this.compose = compose;
    this.service = service;
    /** Containers that ran before. */
    this.before = before;
  }

  async start() {
    const scale = `${this.service}=${2 * this.before.length}`;
    const options = ['--detach', '--wait', '--no-deps', '--no-build', '--no-recreate', '--scale', scale];
    const code = await this.compose.run('up', ...options, this.service);
    if (code !== 0) throw new StackError('the new containers do not become healthy');
  }

  async discard() {
    const now = await this.compose.containersOf(this.service);
    await this.#end(now.filter((container) => !this.before.includes(container)));
  }

  retire() {
    return this.#end(this.before);
  }

  /** One after the other: each finishes its work while the others answer. */
  async #end(containers) {
    for (const container of containers) {
      // Compose would end those that it started last.
      await this.compose.docker('stop', '--time', '60', container);
      await this.compose.docker('rm', container);
    }
  }
}
