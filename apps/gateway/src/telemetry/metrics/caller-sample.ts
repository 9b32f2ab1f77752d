import type { Caller } from '#contracts';
import { agentOf } from './agent.js';

/** An exchange that has ended, as far as it tells the caller. */
export interface CallingExchange {
  /** Milliseconds on the monotonic clock. */
  readonly startedAt: number;
  /** A request header by its name in lower case. */
  header(name: string): string | undefined;
  readonly identity?: { readonly consumer: string } | undefined;
}

/** A caller of a service. Times are milliseconds on the monotonic clock. */
export interface SampledCaller extends Pick<Caller, 'name' | 'kind' | 'share'> {
  readonly lastAt: number;
}

/** Requests that are recorded in one second; more of them cost a comparison each. */
const PER_SECOND = 20;
const SECOND_MS = 1000;
/** Ten seconds of a busy service. */
const SIZE = 200;
const LOOK_BACK_MS = 300_000;
const MOST_CALLERS = 10;

interface Entry {
  startedAt: number;
  name: string;
  kind: Caller['kind'];
}

/** The callers of the latest requests to a service: of all requests to a quiet one, of a sample to a busy one. */
export class CallerSample {
  private readonly entries: Entry[] = [];
  private written = 0;
  private second = -Infinity;
  private left = 0;

  record(exchange: CallingExchange): void {
    if (exchange.startedAt - this.second >= SECOND_MS) {
      this.second = exchange.startedAt;
      this.left = PER_SECOND;
    }
    if (this.left === 0) return;
    this.left -= 1;
    const { startedAt, identity } = exchange;
    this.entries[this.written % SIZE] = identity
      ? { startedAt, kind: 'consumer', name: identity.consumer }
      : { startedAt, kind: 'user-agent', name: agentOf(exchange.header('user-agent')) };
    this.written += 1;
  }

  /** Callers of the last five minutes, the most frequent first. @param now milliseconds on the monotonic clock */
  callers(now: number): readonly SampledCaller[] {
    const recent = this.entries.filter(({ startedAt }) => startedAt > now - LOOK_BACK_MS);
    const callers = new Map<string, SampledCaller>();
    for (const { kind, name, startedAt } of recent) {
      const key = `${kind} ${name}`;
      const { share = 0, lastAt = startedAt } = callers.get(key) ?? {};
      callers.set(key, {
        ...{ kind, name, share: share + 1 / recent.length },
        lastAt: Math.max(lastAt, startedAt),
      });
    }
    return [...callers.values()].sort((a, b) => b.share - a.share).slice(0, MOST_CALLERS);
  }
}
