import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { IsWholeNumber } from '../validation/is-whole-number.js';
import { MayBeAbsent } from '../validation/optional.js';
import { SERVICE_NAME } from './registration-rules.js';

export const MAX_IN_FLIGHT = 1_000_000;
export const MAX_LOOP_LAG_MS = 3_600_000;

/** Targets of calls that one heartbeat reports. */
export const MAX_REPORTED_CALLS = 16;
/** `call`: to another service; `store`: to a database or the like. */
export const CALL_KINDS = ['call', 'store'] as const;

/** Calls of an instance to one target since it started. */
export class CallTotalDto {
  /** Service name, or the short name of a store. */
  @Matches(SERVICE_NAME, { message: 'to must match ^[a-z][a-z0-9-]{0,62}$' })
  to!: string;

  @IsIn(CALL_KINDS)
  kind!: (typeof CALL_KINDS)[number];

  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  total!: number;

  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  failed!: number;
}

/** Work that a service has accepted and not done. Instances that share it report the same number. */
export class BacklogDto {
  /** What waits, in the plural: `pending orders`. */
  @IsText({ max: 64 })
  name!: string;

  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  count!: number;
}

/** An event that is not sent for longer than this shows that its transport does not take events. */
export const MAX_EVENT_LAG_SECONDS = 60;

/** Domain events of a service that need time or an operator. Instances that share a store report the same numbers. */
export class EventBacklogDto {
  /** Events that are not sent; above 10000, `MAX_COUNTED_EVENTS`, services report 10001. */
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  waiting!: number;

  /** Age of the oldest of them in seconds; 0 without any. */
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  oldestSeconds!: number;

  /** Events that failed at every attempt, and wait for an operator; counted like `waiting`. */
  @IsWholeNumber(0, Number.MAX_SAFE_INTEGER)
  deadLetters!: number;
}

/** Optional body of `POST /discovery/heartbeat/{id}`: the load and readiness of the instance. */
export class HeartbeatDto {
  /** Requests in flight at the instance. */
  @MayBeAbsent()
  @IsWholeNumber(0, MAX_IN_FLIGHT)
  inFlight?: number;

  /** Delay of the instance's event loop, milliseconds. */
  @MayBeAbsent()
  @Min(0)
  @Max(MAX_LOOP_LAG_MS)
  @IsNumber()
  loopLagMs?: number;

  /**
   * Whether the instance may receive requests. `true` counts as a passed health check; `false` takes the instance out
   * of rotation until a heartbeat reports `true`.
   */
  @MayBeAbsent()
  @IsBoolean()
  ready?: boolean;

  /** Calls to other services and stores since the instance started; the gateway turns them into rates. */
  @MayBeAbsent()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_REPORTED_CALLS)
  @IsArray()
  @Type(() => CallTotalDto)
  calls?: CallTotalDto[];

  /** Work that waits at the service. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => BacklogDto)
  backlog?: BacklogDto;

  /** Domain events of the service. */
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => EventBacklogDto)
  events?: EventBacklogDto;
}
