import type { LogLevel, LogLevelView } from '#contracts';
import { unconditional, type Logger } from './logger.js';

/** How long SIGUSR2 shows debug messages. */
const TOGGLE_SECONDS = 600;

/** What changed the level: the fields of the audit line. */
export type LevelChangeOrigin = Readonly<Record<string, string>> & { readonly source: string };

/** Called with each new level. */
export type LevelListener = (level: LogLevel) => void;

/**
 * The level of all loggers of a process, changeable at run time. Every change is logged, whatever the level. A change
 * with a duration ends by itself: debug messages that are left on fill a disk.
 */
export class LogLevelControl {
  private readonly loggers: Logger[] = [];
  private readonly listeners: LevelListener[] = [];
  private level: LogLevel;
  private endsAt: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @param configured level at the start, and after a change with a duration has ended */
  constructor(private readonly configured: LogLevel) {
    this.level = configured;
  }

  /** Applies the level to `logger`, now and after each change. The first logger writes the audit lines. */
  add(logger: Logger): void {
    this.loggers.push(logger);
    logger.level = this.level.toLowerCase();
  }

  /** Calls `listener` with the level in effect, and after each change. */
  follow(listener: LevelListener): void {
    this.listeners.push(listener);
    listener(this.level);
  }

  get state(): LogLevelView {
    const { level, endsAt } = this;
    if (endsAt === undefined) return { level };
    const forSeconds = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    return { level, forSeconds, until: new Date(endsAt).toISOString() };
  }

  /** @param forSeconds after this time the configured level returns; `undefined`: the level stays */
  change(level: LogLevel, forSeconds: number | undefined, origin: LevelChangeOrigin): void {
    clearTimeout(this.timer);
    this.endsAt = forSeconds === undefined ? undefined : Date.now() + forSeconds * 1000;
    if (forSeconds !== undefined)
      this.timer = setTimeout(() => this.restore({ source: 'expiry' }), forSeconds * 1000).unref();
    const previous = this.level;
    this.level = level;
    for (const logger of this.loggers) logger.level = level.toLowerCase();
    for (const listener of this.listeners) listener(level);
    this.audit({ current: level, previous, forSeconds, ...origin });
  }

  /** Shows debug messages for ten minutes, or, while they are shown, returns to the configured level. */
  toggle(origin: LevelChangeOrigin): void {
    if (this.level === 'DEBUG') this.restore(origin);
    else this.change('DEBUG', TOGGLE_SECONDS, origin);
  }

  /** Cancels the end of a change, so that nothing is logged after the shutdown. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private restore(origin: LevelChangeOrigin): void {
    this.change(this.configured, undefined, origin);
  }

  private audit(fields: object): void {
    const [logger] = this.loggers;
    if (logger) unconditional(logger).warn({ audit: 'log-level', ...fields }, 'Log level changed');
  }
}
