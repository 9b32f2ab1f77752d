import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Instance, InstanceLoad, LiveServiceTable } from '../../discovery/index.js';
import type { InstanceReports } from '../exchange/instance-reports.js';

const EVERY_MS = 250;
const SUSPICIOUS_MS = 750;
/** How long an instance that was reported as suspected is not reported again. */
const PEACE_MS = 5_000;

/**
 * Reports instances that owe responses and send none as suspected: a stopped process, or a network that drops
 * packets, refuses nothing, and request time-outs fire late. A suspected instance gets a health check: slow work is
 * no reason for ejection.
 */
export class SilenceWatch implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly services: LiveServiceTable,
    private readonly reports: InstanceReports,
    private readonly now: () => number = () => performance.now(),
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.look(), EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Checks all instances once. */
  look(): void {
    const now = this.now();
    for (const { available } of this.services.current.entries)
      for (const instance of available)
        if (owes(instance.load) && now - instance.load.quietSince >= SUSPICIOUS_MS)
          this.suspect(instance, now);
  }

  private suspect(instance: Instance, now: number): void {
    const { load } = instance;
    const silentMs = Math.round(now - load.quietSince);
    load.quietSince = now + PEACE_MS - SUSPICIOUS_MS;
    load.hasAbandonedAttempt = false;
    this.reports.suspected(instance, `no response for ${silentMs} ms`);
  }
}

const owes = ({ awaited, hasAbandonedAttempt }: InstanceLoad): boolean => awaited > 0 || hasAbandonedAttempt;
