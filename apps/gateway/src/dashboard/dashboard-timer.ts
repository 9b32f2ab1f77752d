import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { TrafficRecord } from './history/traffic-record.js';
import type { DashboardSampler } from './state/dashboard-sampler.js';
import type { ProcessLoad } from './state/process-load.js';
import type { DashboardStreams } from './stream/dashboard-streams.js';
import type { TrafficSampler } from './traffic/traffic-sampler.js';

const SAMPLE_EVERY_MS = 1000;

/** Dependencies of {@link DashboardTimer}. */
export interface DashboardTimerParts {
  readonly sampler: DashboardSampler;
  readonly load: ProcessLoad;
  readonly traffic: TrafficSampler;
  readonly record: TrafficRecord;
  readonly streams: DashboardStreams;
  readonly onError: (error: unknown) => void;
}

/**
 * Once per second: a sample for the history and the rules, and if there are readers, what has changed for them. Samples
 * are taken without readers, too: an operator who opens the page asks since when.
 */
export class DashboardTimer implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;

  constructor(private readonly parts: DashboardTimerParts) {}

  onModuleInit(): Promise<void> {
    return this.parts.record.restore();
  }

  onApplicationBootstrap(): void {
    this.parts.load.start();
    this.timer = setInterval(() => void this.tick(), SAMPLE_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.parts.load.stop();
    this.parts.streams.close();
    await this.parts.record.close();
  }

  private async tick(): Promise<void> {
    // The registry may take longer than a second.
    if (this.isRunning) return;
    this.isRunning = true;
    await this.sample().catch(this.parts.onError);
    this.isRunning = false;
  }

  private async sample(): Promise<void> {
    const { sampler, traffic, record, streams } = this.parts;
    const now = Date.now();
    await sampler.sample(now, performance.now());
    record.add(now, sampler.point, traffic.all.latest);
    if (streams.size > 0) streams.publish(sampler.state(now));
  }
}
