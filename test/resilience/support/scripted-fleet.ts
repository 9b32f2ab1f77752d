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
  | 'tells'
  | 'stalls';

/** How to start an instance. */
export interface InstanceOptions {
  readonly behaviour?: Behaviour;
  readonly delayMs?: number;
  readonly port?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An instance in its own process. */
export class FleetMember {
  constructor(
    readonly id: string,
    readonly url: string,
    readonly process: LaunchedProcess,
  ) {}

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Number of received requests. */
  async seen(): Promise<number> {
    return Number(await (await fetch(`${this.url}/seen`)).text());
  }

  /** Number of requests that were aborted before their response was complete. */
  async left(): Promise<number> {
    return Number(await (await fetch(`${this.url}/left`)).text());
  }
}

/** A gateway in its shipped configuration, and instances behind it, each in its own process. */
export class Fleet {
  private constructor(private readonly gateway: AppProcess) {}

  static async start(): Promise<Fleet> {
    const env = { GATEWAY_PORT: '0', GATEWAY_HOST: '127.0.0.1', LOG_LEVEL: 'INFO' };
    return new Fleet(await startApp('gateway', env));
  }

  get url(): string {
    return this.gateway.url;
  }

  /** Log output of the gateway so far. */
  get log(): string {
    return this.gateway.process.stdout;
  }

  /** Starts an instance and waits until it has registered. */
  async add(service: string, id: string, options: InstanceOptions = {}): Promise<FleetMember> {
    const { behaviour = 'ok', delayMs = 2, port = 0, metadata = {} } = options;
    const rest = [String(port), behaviour, String(delayMs), JSON.stringify(metadata)];
    const process = launchNode('test/resilience/support/instance.mjs', [this.url, service, id, ...rest]);
    const [url] = await process.waitForOutput(/http:\S+/);
    return new FleetMember(id, url, process);
  }

  /** Status and reason of an instance in the registry. */
  async statusOf(id: string): Promise<{ readonly status: string; readonly statusReason: string }> {
    const answer = await fetch(`${this.url}/discovery/services/${id}`);
    return (await answer.json()) as { status: string; statusReason: string };
  }
}
