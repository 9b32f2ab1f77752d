import type { ExchangeObserver } from '../../proxy/index.js';
import { basePathOf } from '../mount-document.js';
import type { OpenApiDocument } from '../openapi.js';
import { PLACEHOLDER } from './operations.js';

const SIZE = 1024;
const READ_INTERVAL_MS = 1000;
const DAY_MS = 86_400_000;

type Observed = Pick<Parameters<ExchangeObserver['write']>[0], 'method' | 'upstreamTarget' | 'route'>;

/** Whether clients call an operation. */
export interface CallFinding {
  /** `null`: no call was seen, and the watch is younger than a day or has missed requests. */
  readonly calledInLast24h: boolean | null;
  /** Milliseconds since the epoch. */
  readonly lastCalledAt: number | undefined;
}

/** The operations of a service that are watched, and the latest requests to it. */
class ServiceWatch {
  private readonly methods = new Array<string>(SIZE).fill('');
  private readonly targets = new Array<string>(SIZE).fill('');
  private written = 0;
  private read = 0;
  /** Requests were overwritten before they were read. */
  private hasMissed = false;
  private readonly lastCalls = new Map<string, number>();

  constructor(
    private readonly matchers: ReadonlyMap<string, (method: string, path: string) => boolean>,
    readonly since: number,
  ) {}

  write(method: string, target: string): void {
    const place = this.written % SIZE;
    this.methods[place] = method;
    this.targets[place] = target;
    this.written += 1;
  }

  /** Matches the requests since the last call. */
  readRequests(now: number): void {
    if (this.written - this.read > SIZE) {
      this.hasMissed = true;
      this.read = this.written - SIZE;
    }
    for (; this.read < this.written; this.read += 1) {
      const place = this.read % SIZE;
      const [path = ''] = (this.targets[place] ?? '').split('?', 1);
      for (const [operation, matches] of this.matchers)
        if (matches(this.methods[place] ?? '', path)) this.lastCalls.set(operation, now);
    }
  }

  findingOf(operation: string, now: number): CallFinding {
    const lastCalledAt = this.lastCalls.get(operation);
    if (lastCalledAt !== undefined && now - lastCalledAt < DAY_MS)
      return { calledInLast24h: true, lastCalledAt };
    const isCertain = !this.hasMissed && now - this.since >= DAY_MS;
    return { calledInLast24h: isCertain ? false : null, lastCalledAt };
  }
}

/**
 * Tells which operations of broken contracts clients call. Only while there is such a contract, a request costs two array
 * writes; they are matched once a second.
 */
export class CallWatch implements ExchangeObserver {
  private readonly services = new Map<string, ServiceWatch>();
  private timer: NodeJS.Timeout | undefined;
  private stopObserving: (() => void) | undefined;

  /** @param observe begins to show requests to an observer; returns a function that ends it */
  constructor(
    private readonly observe: (observer: ExchangeObserver) => () => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** Watches operations, such as `GET /users/{id}`, of the accepted document of a service. */
  watch(service: string, document: OpenApiDocument, operations: ReadonlySet<string>): void {
    const base = basePathOf(document);
    const matchers = [...operations].map((name) => [name, matcherOf(name, base)] as const);
    const since = this.services.get(service)?.since ?? this.now();
    this.services.set(service, new ServiceWatch(new Map(matchers), since));
    this.stopObserving ??= this.observe(this);
    this.timer ??= setInterval(() => this.readRequests(), READ_INTERVAL_MS).unref();
  }

  unwatch(service: string): void {
    this.services.delete(service);
    if (this.services.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.stopObserving?.();
    this.stopObserving = undefined;
  }

  /** Since when a service is watched, milliseconds since the epoch; `undefined`: it is not. */
  sinceOf(service: string): number | undefined {
    return this.services.get(service)?.since;
  }

  findingOf(service: string, operation: string): CallFinding {
    this.readRequests();
    const nothing: CallFinding = { calledInLast24h: null, lastCalledAt: undefined };
    return this.services.get(service)?.findingOf(operation, this.now()) ?? nothing;
  }

  write({ method, upstreamTarget, route }: Observed): void {
    if (route) this.services.get(route.service)?.write(method, upstreamTarget);
  }

  end(): void {
    for (const service of [...this.services.keys()]) this.unwatch(service);
  }

  private readRequests(): void {
    for (const service of this.services.values()) service.readRequests(this.now());
  }
}

/** @param operation method and path template */
function matcherOf(operation: string, base: string): (method: string, path: string) => boolean {
  const [expected = '', template = ''] = operation.split(' ', 2);
  const segments = (base + template).split('/').map((segment) => segment.split(PLACEHOLDER));
  return (method, path) => {
    if (method !== expected) return false;
    const found = (path.endsWith('/') && path.length > 1 ? path.slice(0, -1) : path).split('/');
    return found.length === segments.length && segments.every((texts, i) => isSegment(found[i] ?? '', texts));
  };
}

/**
 * Whether a segment of a path has these texts, with something between each two. Not a regular expression: a document
 * could make one that takes minutes.
 */
function isSegment(segment: string, texts: readonly string[]): boolean {
  const [first = '', ...others] = texts;
  const last = others.pop();
  if (last === undefined) return segment === first;
  if (!segment.startsWith(first)) return false;
  let end = first.length;
  for (const text of others) {
    const start = segment.indexOf(text, end + 1);
    if (start === -1) return false;
    end = start + text.length;
  }
  return segment.length > end + last.length && segment.endsWith(last);
}
