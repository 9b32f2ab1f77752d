import { Pool } from 'undici';
import type { Instance, LiveServiceTable } from '../../../discovery/index.js';
import type { Policy } from '../../policy.js';

/** Connections to one origin. */
export interface Upstream {
  readonly pool: Pool;
  /** What `Host` names: the instance's own authority. */
  readonly authority: string;
}

const HEAD_LIMIT_BYTES = 32 * 1024;
const SWEEP_DELAY_MS = 1_000;

/** A pool of connections for each origin in use; closed soon after its last instance has left. */
export class Upstreams {
  private readonly byOrigin = new Map<string, Upstream>();
  private sweep: NodeJS.Timeout | undefined;
  private readonly stopListening: () => void;

  constructor(private readonly services: LiveServiceTable) {
    // Thousands of instances may come and go in one second: look once.
    this.stopListening = services.onChange(() => {
      this.sweep ??= setTimeout(() => this.closeUnused(), SWEEP_DELAY_MS).unref();
    });
  }

  of({ url }: Instance, policy: Policy): Upstream {
    return this.byOrigin.get(url) ?? this.open(url, policy);
  }

  async close(): Promise<void> {
    this.stopListening();
    clearTimeout(this.sweep);
    await Promise.all([...this.byOrigin.values()].map(({ pool }) => pool.close()));
  }

  private open(url: string, { timeouts }: Policy): Upstream {
    const pool = new Pool(url, {
      maxHeaderSize: HEAD_LIMIT_BYTES,
      // Half-open: a tunnel's instance may end its side first. undici itself ends what is half-open otherwise.
      connect: { timeout: timeouts.connectMs, allowHalfOpen: true },
    });
    const upstream = { pool, authority: new URL(url).host };
    this.byOrigin.set(url, upstream);
    return upstream;
  }

  private closeUnused(): void {
    this.sweep = undefined;
    const used = new Set(
      this.services.current.entries.flatMap(({ instances }) => instances.map(({ url }) => url)),
    );
    for (const [url, { pool }] of this.byOrigin) {
      if (used.has(url)) continue;
      this.byOrigin.delete(url);
      // Resolves when the last attempt has ended; there is nobody to tell.
      void pool.close();
    }
  }
}
