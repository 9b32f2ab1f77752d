import { freePort, launchNode, waitFor, type Environment, type LaunchedProcess } from '#testing';
import type { Shop } from './shop-changes.js';

/** A monolith whose process also has the observer of events. It keeps its address across restarts. */
export class ObservedMonolith {
  private constructor(
    readonly url: string,
    private readonly env: Environment,
    private process: LaunchedProcess,
  ) {}

  static async start(env: Environment): Promise<ObservedMonolith> {
    const port = String(await freePort());
    const services = { USER_SERVICE_PORT: '0', PRODUCT_SERVICE_PORT: '0', ORDER_SERVICE_PORT: '0' };
    const all = { ...env, ...services, OBSERVER_PORT: '0', GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: port };
    const monolith = new ObservedMonolith(`http://127.0.0.1:${port}`, all, launch(all));
    await monolith.untilReady();
    return monolith;
  }

  get shop(): Shop {
    const at = (service: string) => ({ url: `${this.url}/api/${service}` });
    return { users: at('user-service'), products: at('product-service'), orders: [at('order-service')] };
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.process.signal('SIGKILL');
    await this.process.exited;
  }

  /** Starts the process again after it ended, and waits until it is ready. */
  async restart(): Promise<void> {
    this.process = launch(this.env);
    await this.untilReady();
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  private async untilReady(): Promise<void> {
    await waitFor(
      'the monolith to be ready',
      async () => (await fetch(`${this.url}/health/ready`)).ok,
      120_000,
    );
  }
}

const launch = (env: Environment): LaunchedProcess =>
  launchNode('test/faults/support/monolith-with-observer.mjs', [], env);
