import type { ProbeView } from '#contracts';
import type { HeartbeatReport, RevisedInstance } from '../stored-instance.js';

/** The gateway's data on an instance whose heartbeat it sends to the store. */
export interface KnownRevision {
  readonly revision: number;
  readonly ttlSeconds: number;
}

/** A heartbeat to be sent to the store. */
export interface Heartbeat {
  readonly id: string;
  readonly report: HeartbeatReport;
  readonly known: KnownRevision | undefined;
}

/** The result of renewing a lease. */
export interface Renewal {
  /** By the store's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly lastProbe: ProbeView | null;
  /** The instance, if it differs from the gateway's copy. */
  readonly revised?: RevisedInstance;
}

/**
 * Holds the heartbeat as a member instead of spreading it: Node 20 keeps objects created by spreading alive
 * until the next full collection, which pauses a gateway with a large fleet for 100 ms.
 */
interface QueuedHeartbeat {
  readonly heartbeat: Heartbeat;
  readonly resolve: (renewal: Renewal | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Renews the leases of many instances at once; the results are in the same order. */
type SendHeartbeats = (heartbeats: readonly Heartbeat[]) => Promise<readonly (Renewal | undefined)[]>;

/**
 * No client depends on the latency of a heartbeat. With 10,000 instances eight arrive in this time: enough to
 * save commands, and few enough that responding to all at once does not delay proxied requests.
 */
const BATCH_WINDOW_MS = 4;

/**
 * Sends the heartbeats of a short period in one command: most of the cost, here and in the server, is per
 * command.
 */
export class HeartbeatBatcher {
  private waiting: QueuedHeartbeat[] = [];

  constructor(private readonly send: SendHeartbeats) {}

  /** Resolves when the lease is renewed; to `undefined` for an unknown id or an expired instance. */
  add(heartbeat: Heartbeat): Promise<Renewal | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setTimeout(() => void this.flush(), BATCH_WINDOW_MS);
      this.waiting.push({ heartbeat, resolve, reject });
    });
  }

  private async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    try {
      const found = await this.send(waiting.map(({ heartbeat }) => heartbeat));
      waiting.forEach(({ resolve }, index) => resolve(found[index]));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
