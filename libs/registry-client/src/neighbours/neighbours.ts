import { randomUUID } from 'node:crypto';
import { REQUEST_TIMEOUT_HEADER, type InstanceView } from '#contracts';
import { Deadline } from '../deadline/deadline.js';
import type { Registry } from '../registry.js';
import { startCallSpan } from './call-span.js';
import type { CallCounts } from './call-counts.js';
import { InstanceCache } from './instance-cache.js';
import {
  AttemptFailed,
  NeighbourTransport,
  type NeighbourResponse,
  type NeighbourMethod,
} from './neighbour-transport.js';
import { ServiceUnreachable } from './service-unreachable.js';

/** One call to a neighbour. */
export interface NeighbourCall {
  readonly service: string;
  readonly method: NeighbourMethod;
  /** Sent unchanged: the caller encodes ids (`encodeURIComponent`). */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
  /** `x-request-id` is sent to the neighbour; if absent, a new id is created. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Timeout of the whole call in milliseconds, including the search for an instance and a second attempt. Default
   * 5000; never longer than the {@link Deadline} of the calling work.
   */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;
// RFC 9110 section 9.2.2: repeating a request with one of these methods has the same effect as sending it once.
const IDEMPOTENT: ReadonlySet<NeighbourMethod> = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
// Sent by intermediaries, or by an instance that is shutting down; they carry no result of the request.
const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

const SERVER_ERROR = 500;

/**
 * Finds instances of other services in the registry and calls them in turn. Works the same in both mounts: in the
 * monolith, too, every service listens on a port of its own.
 */
export class Neighbours {
  private readonly cache: InstanceCache;
  private readonly transport = new NeighbourTransport();
  private nextIndex = 0;

  /** @param counts counts each call once, however many attempts it takes */
  constructor(
    registry: Pick<Registry, 'instances'>,
    private readonly counts?: CallCounts,
  ) {
    this.cache = new InstanceCache(registry);
  }

  /**
   * Returns every response with a status other than 502, 503 and 504, including 404 and 500.
   * @throws ServiceUnreachable when there is no such response.
   */
  async call(call: NeighbourCall): Promise<NeighbourResponse> {
    try {
      const response = await this.callOnce(call);
      this.counts?.add(call.service, 'call', response.status >= SERVER_ERROR);
      return response;
    } catch (error) {
      this.counts?.add(call.service, 'call', true);
      throw error;
    }
  }

  /** Closes every connection. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private async callOnce(call: NeighbourCall): Promise<NeighbourResponse> {
    const timeoutMs = Math.min(call.timeoutMs ?? DEFAULT_TIMEOUT_MS, Deadline.remainingMs ?? Infinity);
    if (timeoutMs === 0) throw new ServiceUnreachable(call.service, 'timeout');
    const deadline: CallDeadline = {
      at: performance.now() + timeoutMs,
      signal: AbortSignal.timeout(Math.ceil(timeoutMs)),
    };
    // Created once, so that the logs show both attempts as one call.
    const requestId = call.headers?.['x-request-id'] ?? randomUUID();
    const response = await this.sendWithRetry(
      { ...call, headers: { ...call.headers, 'x-request-id': requestId } },
      deadline,
    );
    if (UNAVAILABLE.has(response.status)) throw new ServiceUnreachable(call.service, 'unavailable');
    return response;
  }

  private async sendWithRetry(call: NeighbourCall, deadline: CallDeadline): Promise<NeighbourResponse> {
    const first = await this.selectInstance(call.service, deadline);
    try {
      return await this.send(call, first, deadline);
    } catch (error) {
      if (!(error instanceof AttemptFailed)) throw error;
      this.cache.markStale(call.service);
      const second = mayRetry(error, call.method)
        ? await this.selectSecondInstance(call, first, error, deadline)
        : undefined;
      if (!second) throw new ServiceUnreachable(call.service, error.reason, error.cause);
      const response = await this.sendSecondAttempt(call, second, deadline);
      return { ...response, isRepeated: error.reason === 'reset' };
    }
  }

  // A second attempt at the failed instance makes sense only after a reset: its port was open, and the connection may
  // have been an idle one that the instance closed at that moment.
  private async selectSecondInstance(
    { service }: NeighbourCall,
    failed: InstanceView,
    { reason }: AttemptFailed,
    deadline: CallDeadline,
  ): Promise<InstanceView | undefined> {
    try {
      return await this.selectInstance(service, deadline, failed);
    } catch {
      return reason === 'reset' ? failed : undefined;
    }
  }

  private async sendSecondAttempt(call: NeighbourCall, instance: InstanceView, deadline: CallDeadline) {
    try {
      return await this.send(call, instance, deadline, 1);
    } catch (error) {
      if (error instanceof AttemptFailed)
        throw new ServiceUnreachable(call.service, error.reason, error.cause);
      throw error;
    }
  }

  private async selectInstance(
    service: string,
    deadline: CallDeadline,
    except?: InstanceView,
  ): Promise<InstanceView> {
    const instances = (await this.find(service, deadline)).filter(({ id }) => id !== except?.id);
    const selected = instances[this.nextIndex++ % instances.length];
    if (!selected) throw new ServiceUnreachable(service, 'no-instance');
    return selected;
  }

  private async find(service: string, { signal }: CallDeadline): Promise<readonly InstanceView[]> {
    try {
      return await Promise.race([this.cache.get(service), rejection(signal)]);
    } catch (error) {
      throw new ServiceUnreachable(service, signal.aborted ? 'timeout' : 'no-instance', error);
    }
  }

  private async send(
    call: NeighbourCall,
    instance: InstanceView,
    deadline: CallDeadline,
    resends = 0,
  ): Promise<NeighbourResponse> {
    const { method, path, body, headers } = call;
    const left = Math.max(1, Math.round(deadline.at - performance.now()));
    const span = startCallSpan(call, instance, resends);
    try {
      const response = await this.transport.send({
        origin: instance.url,
        method,
        path,
        headers: {
          accept: 'application/json, application/problem+json',
          ...(body && { 'content-type': 'application/json' }),
          ...span.fields,
          ...headers,
          [REQUEST_TIMEOUT_HEADER]: String(left),
        },
        body: body && JSON.stringify(body),
        signal: deadline.signal,
      });
      span.responded(response.status);
      return response;
    } catch (error) {
      span.failed(error);
      throw error;
    }
  }
}

interface CallDeadline {
  /** On the clock of `performance.now()`. */
  readonly at: number;
  readonly signal: AbortSignal;
}

const mayRetry = ({ reason }: AttemptFailed, method: NeighbourMethod): boolean =>
  reason === 'refused' || (reason === 'reset' && IDEMPOTENT.has(method));

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
