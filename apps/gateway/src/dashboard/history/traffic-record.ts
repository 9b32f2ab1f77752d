import type { HistoryPeriod, TrafficHistory } from '#contracts';
import { MinutePoint } from './minute-point.js';
import type { HistoryFile } from './history-file.js';
import { TrafficSeries, type TrafficPoint } from './traffic-series.js';

const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;

/** Dependencies of {@link TrafficRecord}. */
export interface TrafficRecordParts {
  /** `undefined`: the record ends with the process. */
  readonly file: HistoryFile | undefined;
  readonly onProblem: (message: string, error: unknown) => void;
}

/** The traffic of the last 15 minutes by second, and of the last day by minute; the latter is kept over restarts. */
export class TrafficRecord {
  private readonly seconds = new TrafficSeries(1, 15 * MINUTE_SECONDS);
  private readonly minutes = new TrafficSeries(MINUTE_SECONDS, 24 * 60);
  private readonly minute = new MinutePoint();
  private currentMinute: number | undefined;
  private saving: Promise<void> | undefined;
  private isFailing = false;

  constructor(private readonly parts: TrafficRecordParts) {}

  async restore(): Promise<void> {
    const { file, onProblem } = this.parts;
    try {
      const saved = await file?.read();
      if (saved) this.minutes.restore(saved);
    } catch (error) {
      onProblem('Traffic history cannot be read; it begins again', error);
    }
  }

  /**
   * Adds the point of a second.
   * @param now milliseconds since the epoch
   * @param growth counts of the second
   */
  add(now: number, point: TrafficPoint, growth: Float64Array): void {
    const at = now / SECOND_MS;
    const minute = Math.floor(at / MINUTE_SECONDS);
    if (this.currentMinute !== undefined && minute !== this.currentMinute) this.endMinute(this.currentMinute);
    this.currentMinute = minute;
    this.seconds.add(at, point);
    this.minute.add(growth, point);
  }

  /** @param now milliseconds since the epoch */
  history(period: HistoryPeriod, now: number): TrafficHistory {
    return (period === '15m' ? this.seconds : this.minutes).history(now / SECOND_MS);
  }

  /** Saves the minute that has begun, too. */
  async close(): Promise<void> {
    if (this.currentMinute !== undefined) this.addMinute(this.currentMinute);
    await this.saving;
    await this.save();
  }

  // A write that takes longer than a minute is not overtaken: the next one has its minute, too.
  private endMinute(minute: number): void {
    this.addMinute(minute);
    this.saving ??= this.save().finally(() => (this.saving = undefined));
  }

  private addMinute(minute: number): void {
    const point = this.minute.take();
    if (point) this.minutes.add(minute * MINUTE_SECONDS, point);
  }

  /** A failing write is reported once, until one succeeds again. */
  private async save(): Promise<void> {
    const { file, onProblem } = this.parts;
    try {
      await file?.write(this.minutes.history(Date.now() / SECOND_MS));
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing)
        onProblem('Traffic history cannot be written; the next start begins without it', error);
      this.isFailing = true;
    }
  }
}
