import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { InstanceDirectory } from './instance-directory.js';
import type { TrafficMetrics } from './traffic-metrics.js';

const EVERY_MS = 60_000;

/** Keeps fleets that come and go from filling the memory with their counts. */
export class Forgetting implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly traffic: TrafficMetrics,
    private readonly directory: InstanceDirectory,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.traffic.forget(this.directory, Date.now()), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
