import type { OnApplicationShutdown } from '@nestjs/common';
import type { FaultDto, FaultView } from '#contracts';
import type { AppContext } from '#service-kit';
import type { Instance } from '../model/instance.js';
import { endpointThrough } from '../model/pinned-target.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { openFailingRelay } from './failing-relay.js';
import type { Relay } from './relay.js';
import { openHangingRelay, openSlowRelay } from './tcp-relay.js';

/** No process of this machine listens on the port of the obsolete tcpmux (RFC 1078): it refuses connections. */
const REFUSING: Relay = { port: 1, end: () => undefined };

const DEFAULT_DELAY_MS = 1000;
const DEFAULT_STATUS = 503;
const ALL = 100;

/**
 * Called when connections to an endpoint must be renewed. `isReset`: those that are open break, as if the process had
 * died.
 */
export type FaultListener = (endpoint: string, isReset: boolean) => void;

interface ActiveFault {
  readonly view: FaultView;
  readonly endpoint: string;
  readonly relay: Relay;
  readonly timer: NodeJS.Timeout;
}

/**
 * The faults that an operator has put between this gateway and instances, for a drill. Connections to an instance with a
 * fault go through a relay, so traffic and health checks meet the same fault, and nothing else of the request path knows
 * about it. Each fault has a time limit. Instances in this process are reached over their ports meanwhile.
 */
export class InjectedFaults implements OnApplicationShutdown {
  private readonly faults = new Map<string, ActiveFault>();
  private readonly relayed = new Map<string, string>();
  private readonly listeners: FaultListener[] = [];

  constructor(
    private readonly index: Pick<InstanceIndex, 'reachOverPort'>,
    private readonly logger: Pick<AppContext['logger'], 'warn' | 'info'>,
  ) {}

  /** Where connections to an endpoint go: the endpoint itself, without a fault. */
  readonly endpointOf = (endpoint: string): string => this.relayed.get(endpoint) ?? endpoint;

  get active(): readonly FaultView[] {
    return [...this.faults.values()].map(({ view }) => view);
  }

  onChange(listener: FaultListener): void {
    this.listeners.push(listener);
  }

  /** Begins a fault, in place of any earlier one of the same instance. */
  async begin(instance: Pick<Instance, 'id' | 'name' | 'endpoint'>, fault: FaultDto): Promise<FaultView> {
    const { id, name, endpoint } = instance;
    const relay = await relayOf(endpoint, fault);
    this.end(id);
    const ms = fault.forSeconds * 1000;
    const endsAt = new Date(Date.now() + ms).toISOString();
    const view: FaultView = { instanceId: id, service: name, kind: fault.kind, endsAt };
    const timer = setTimeout(() => this.end(id), ms).unref();
    this.faults.set(id, { view, endpoint, relay, timer });
    this.relayed.set(endpoint, through(endpoint, fault, relay));
    this.index.reachOverPort(id, true);
    this.notify(endpoint, fault.kind === 'kill');
    this.logger.warn({ ...view }, 'Fault injected between the gateway and an instance');
    return view;
  }

  /** Ends the fault of an instance, if it has one. */
  end(id: string): void {
    const fault = this.faults.get(id);
    if (!fault) return;
    clearTimeout(fault.timer);
    this.faults.delete(id);
    this.relayed.delete(fault.endpoint);
    this.index.reachOverPort(id, false);
    this.notify(fault.endpoint, false);
    fault.relay.end();
    this.logger.info({ ...fault.view }, 'Injected fault ended');
  }

  onApplicationShutdown(): void {
    for (const id of [...this.faults.keys()]) this.end(id);
  }

  private notify(endpoint: string, isReset: boolean): void {
    for (const listener of this.listeners) listener(endpoint, isReset);
  }
}

function relayOf(endpoint: string, fault: FaultDto): Promise<Relay> {
  const { kind, delayMs = DEFAULT_DELAY_MS, percent = ALL, status = DEFAULT_STATUS } = fault;
  if (kind === 'hang') return openHangingRelay(endpoint);
  if (kind === 'slow') return openSlowRelay(endpoint, delayMs);
  if (kind === 'errors') return openFailingRelay(endpoint, { percent, status });
  return Promise.resolve(REFUSING);
}

/** The relay of `errors` speaks HTTP without TLS; the others pass bytes on. */
const through = (endpoint: string, { kind }: FaultDto, { port }: Relay): string =>
  endpointThrough(kind === 'errors' ? endpoint.replace(/^https:/, 'http:') : endpoint, port);
