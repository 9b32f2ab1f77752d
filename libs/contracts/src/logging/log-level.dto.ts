import { Transform } from 'class-transformer';
import { IsIn } from 'class-validator';
import { IsWholeNumber } from '../validation/is-whole-number.js';
import { MayBeAbsent } from '../validation/optional.js';

/** Levels of log records, from the least severe on. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const DAY_SECONDS = 86_400;

/** Body of `PUT /log-level`. */
export class LogLevelDto {
  /** Least severe level that is logged, in any case, as in `LOG_LEVEL`. */
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsIn(LOG_LEVELS)
  level!: LogLevel;

  /** After this time the configured level returns; if absent, the level stays until the next change or restart. */
  @MayBeAbsent()
  @IsWholeNumber(1, DAY_SECONDS)
  forSeconds?: number;
}

/** The level that is in effect. */
export interface LogLevelView {
  readonly level: LogLevel;
  /** Seconds until the configured level returns; absent if the level stays. */
  readonly forSeconds?: number;
  /** When the configured level returns, ISO 8601. */
  readonly until?: string;
}
