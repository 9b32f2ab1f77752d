import type { ProbeView } from '#contracts';
import type { InstanceReport, RevisedInstance } from '../stored-instance.js';

/** What a gateway knows of an instance whose heartbeat it passes on. */
export interface BeatingInstance {
  readonly revision: number;
  readonly ttlSeconds: number;
}

/** A heartbeat on its way to the store. */
export interface Beat {
  readonly id: string;
  readonly report: InstanceReport;
  readonly known: BeatingInstance | undefined;
}

/** How a heartbeat renewed a lease. */
export interface Renewal {
  /** By the store's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly lastProbe: ProbeView | null;
  /** The instance, if it is another than the gateway knew. */
  readonly revised?: RevisedInstance;
}

/**
 * Holds the heartbeat instead of being spread from it: Node 20 keeps objects so made alive until the next full collection, and
 * pauses a gateway for 100 ms over those of a large fleet.
 */
interface WaitingBeat {
  readonly beat: Beat;
  readonly resolve: (renewal: Renewal | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Renews the leases of many at once; answers for each in the same order. */
type SendBeats = (beats: readonly Beat[]) => Promise<readonly (Renewal | undefined)[]>;

/**
 * Nobody waits for the answer to a heartbeat. Of 10,000 instances eight come in this time: enough to be worth it, and too few to hold up
 * proxied requests when all of them are answered at once.
 */
const GATHER_MS = 4;

/** Sends heartbeats that come within a moment in one command: what a command costs, here and in the server, is mostly its own. */
export class GatheredBeats {
  private waiting: WaitingBeat[] = [];

  constructor(private readonly send: SendBeats) {}

  /** Resolves when the lease is renewed; to `undefined` for an unknown id. */
  add(beat: Beat): Promise<Renewal | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setTimeout(() => void this.flush(), GATHER_MS);
      this.waiting.push({ beat, resolve, reject });
    });
  }

  private async flush(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    try {
      const found = await this.send(waiting.map(({ beat }) => beat));
      waiting.forEach(({ resolve }, index) => resolve(found[index]));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
