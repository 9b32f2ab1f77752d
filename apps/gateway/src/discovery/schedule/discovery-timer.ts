import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

/** Periodic work. */
export interface Ticking {
  tick(): Promise<void>;
}

/** The only timer of discovery: leases and health checks run on it instead of on one timer per instance. */
export class DiscoveryTimer implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly ticking: readonly Ticking[],
    private readonly onError: (error: unknown) => void,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.turn(), this.everyMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    for (const each of this.ticking) each.tick().catch(this.onError);
  }
}
