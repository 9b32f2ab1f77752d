import { IsIn, Matches } from 'class-validator';
import { IsPastTime } from '../validation/is-past-time.js';
import { MayBeAbsent } from '../validation/optional.js';
import { INSTANCE_STATUSES, type InstanceStatus } from './instance.js';
import { SERVICE_NAME } from './registration-rules.js';

/** Query of `GET /discovery/services`. */
export class InstanceQueryDto {
  /** Only instances of this service. */
  @MayBeAbsent()
  @Matches(SERVICE_NAME, { message: 'name must match ^[a-z][a-z0-9-]{0,62}$' })
  name?: string;

  /** Only instances with this status. */
  @MayBeAbsent()
  @IsIn(INSTANCE_STATUSES)
  status?: InstanceStatus;
}

/** Query of `GET /discovery/events`. */
export class EventQueryDto {
  /** Only events after the event with this id; 0 for all retained events. */
  @MayBeAbsent()
  @Matches(/^\d{1,16}$/, { message: 'since must be an event id (a whole number)' })
  since?: string;
}

/** Query of `GET /discovery/at`. */
export class RegistryAtQueryDto {
  /** The time to show, ISO 8601 with an offset; now if it is absent. */
  @MayBeAbsent()
  @IsPastTime()
  t?: string;
}

/** The largest number of changes that a timeline has, and the default. */
export const TIMELINE_LIMIT = 1000;

/** Query of `GET /discovery/timeline`. */
export class TimelineQueryDto {
  /** The number of latest changes, 1 to 1,000; 1,000 by default. */
  @MayBeAbsent()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: `limit must be a whole number from 1 to ${TIMELINE_LIMIT}` })
  limit?: string;
}
