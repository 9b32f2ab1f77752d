import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { InstanceDirectory } from './instance-directory.js';
import type { TrafficMetrics } from './traffic-metrics.js';

const EVERY_MS = 60_000;

/** Periodically drops the counts of services and instances that are gone, so that they do not fill the memory. */
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
