import type { OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { TrafficRecord } from './history/traffic-record.js';
import type { DashboardSampler } from './state/dashboard-sampler.js';
import type { ProcessLoad } from './state/process-load.js';
import type { DashboardStreams } from './stream/dashboard-streams.js';
import type { TrafficSampler } from './traffic/traffic-sampler.js';

const SAMPLE_EVERY_MS = 1000;
/** A change waits no longer than this to be shown, with those that come meanwhile. */
const CHANGES_EVERY_MS = 200;
/** How often changes are shown before the next sample; each sample allows one more. In a storm, they are shown once between samples. */
const MOST_EARLY_UPDATES = 3;

/** Dependencies of {@link DashboardTimer}. */
export interface DashboardTimerParts {
  readonly sampler: DashboardSampler;
  readonly load: ProcessLoad;
  readonly traffic: TrafficSampler;
  readonly record: TrafficRecord;
  readonly streams: DashboardStreams;
  /** What readers see before the next sample. */
  readonly changes: readonly { onChange(listener: () => void): unknown }[];
  readonly onError: (error: unknown) => void;
}

/**
 * Once per second: a sample for the history and the rules, and if there are readers, what has changed for them. Samples
 * are taken without readers, too: an operator who opens the page asks since when. Readers see a change of the registry
 * before the next sample; in a storm of changes, which costs the gateway most, they see two updates per second.
 */
export class DashboardTimer implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private isRunning = false;
  /** A sample whose time came while other work ran. */
  private isSampleDue = false;
  private changeTimer: NodeJS.Timeout | undefined;
  /** How often changes may be shown before more of them wait for the next sample. */
  private earlyUpdates = MOST_EARLY_UPDATES;
  /** When readers were last sent something, milliseconds on a clock that is never set. */
  private publishedAt = 0;

  constructor(private readonly parts: DashboardTimerParts) {}

  onModuleInit(): Promise<void> {
    return this.parts.record.restore();
  }

  onApplicationBootstrap(): void {
    this.parts.load.start();
    this.timer = setInterval(() => this.sampleNow(), SAMPLE_EVERY_MS).unref();
    for (const each of this.parts.changes) each.onChange(() => this.publishSoon());
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    clearTimeout(this.changeTimer);
    this.parts.load.stop();
    this.parts.streams.close();
    await this.parts.record.close();
  }

  private async run(work: () => Promise<void>): Promise<void> {
    this.isRunning = true;
    await work().catch(this.parts.onError);
    this.isRunning = false;
    if (this.isSampleDue && this.timer) this.sampleNow();
  }

  /** The registry may take longer than a second: samples that become due meanwhile are one. */
  private sampleNow(): void {
    this.isSampleDue = this.isRunning;
    if (!this.isRunning) void this.run(() => this.sample());
  }

  private publishSoon(): void {
    if (this.changeTimer || this.earlyUpdates === 0 || !this.timer || this.parts.streams.size === 0) return;
    const waitMs = Math.max(0, this.publishedAt + CHANGES_EVERY_MS - performance.now());
    this.changeTimer = setTimeout(() => {
      this.changeTimer = undefined;
      // The work that runs shows the change, or the next sample does.
      if (!this.isRunning) void this.run(() => this.observe());
    }, waitMs).unref();
  }

  private async observe(): Promise<void> {
    const now = Date.now();
    this.earlyUpdates -= 1;
    await this.parts.sampler.observe(now);
    this.publish(now);
  }

  private async sample(): Promise<void> {
    const { sampler, traffic, record } = this.parts;
    const now = Date.now();
    this.earlyUpdates = Math.min(MOST_EARLY_UPDATES, this.earlyUpdates + 1);
    await sampler.sample(now, performance.now());
    record.add(now, sampler.point, traffic.all.latest);
    this.publish(now);
  }

  private publish(now: number): void {
    const { sampler, streams } = this.parts;
    this.publishedAt = performance.now();
    if (streams.size > 0) streams.publish(sampler.state(now));
  }
}
