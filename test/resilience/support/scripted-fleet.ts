import { launchNode, startApp, type AppProcess, type LaunchedProcess } from '#testing';

/** Behaviour of an instance; implemented in `test/resilience/support/instance.mjs`. */
export type Behaviour =
  | 'ok'
  | 'hiccups'
  | 'fails'
  | 'unavailable'
  | 'sheds'
  | 'silent'
  | 'resets'
  | 'garbage'
  | 'trickles'
  | 'reports-timeout'
  | 'stalls';

/** How to start an instance. */
export interface InstanceOptions {
  readonly behaviour?: Behaviour;
  readonly delayMs?: number;
  readonly port?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An instance in its own process. */
export class ScriptedInstance {
  constructor(
    readonly id: string,
    readonly url: string,
    readonly process: LaunchedProcess,
  ) {}

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Number of received requests. */
  async received(): Promise<number> {
    return Number(await (await fetch(`${this.url}/received`)).text());
  }

  /** Number of requests that were aborted before their response was complete. */
  async aborted(): Promise<number> {
    return Number(await (await fetch(`${this.url}/aborted`)).text());
  }
}

/** A gateway in its shipped configuration, and instances behind it, each in its own process. */
export class ScriptedFleet {
  private constructor(private readonly gateway: AppProcess) {}

  static async start(): Promise<ScriptedFleet> {
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'INFO' };
    return new ScriptedFleet(await startApp('gateway', env));
  }

  get url(): string {
    return this.gateway.url;
  }

  /** Log output of the gateway so far. */
  get log(): string {
    return this.gateway.process.stdout;
  }

  /** Starts an instance and waits until it has registered. */
  async add(service: string, id: string, options: InstanceOptions = {}): Promise<ScriptedInstance> {
    const { behaviour = 'ok', delayMs = 2, port = 0, metadata = {} } = options;
    const rest = [String(port), behaviour, String(delayMs), JSON.stringify(metadata)];
    const process = launchNode('test/resilience/support/instance.mjs', [this.url, service, id, ...rest]);
    const [url] = await process.waitForOutput(/http:\S+/);
    return new ScriptedInstance(id, url, process);
  }

  /** Status and reason of an instance in the registry. */
  async statusOf(id: string): Promise<{ readonly status: string; readonly statusReason: string }> {
    const response = await fetch(`${this.url}/discovery/services/${id}`);
    return (await response.json()) as { status: string; statusReason: string };
  }
}
