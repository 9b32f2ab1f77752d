import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Instance, InstanceLoad, LiveServiceTable } from '../../discovery/index.js';
import type { InstanceReports } from '../instance-reports.js';

const EVERY_MS = 250;
const SUSPICIOUS_MS = 750;
/** A slow instance that has proved to be there is left in peace for a while. */
const PEACE_MS = 5_000;

/**
 * Suspects instances that owe answers and give none: a process that was stopped, or a network that swallows packets, refuses
 * nothing, and time-outs of requests come late. Who is suspected is asked; slow work is no reason to be ejected.
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

  /** Looks through all instances once. */
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
    load.isOwing = false;
    this.reports.suspected(instance, `it has answered nothing for ${silentMs} ms`);
  }
}

const owes = ({ awaited, isOwing }: InstanceLoad): boolean => awaited > 0 || isOwing;
