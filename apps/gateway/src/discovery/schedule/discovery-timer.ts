import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';

/** Periodic work. */
export interface PeriodicTask {
  tick(): Promise<void>;
}

/** The only timer of discovery: leases and health checks run on it instead of on one timer per instance. */
export class DiscoveryTimer implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly tasks: readonly PeriodicTask[],
    private readonly onError: (error: unknown) => void,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.runTasks(), this.intervalMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private runTasks(): void {
    for (const each of this.tasks) each.tick().catch(this.onError);
  }
}
