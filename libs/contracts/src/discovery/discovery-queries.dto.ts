import { IsIn, Matches } from 'class-validator';
import { MayBeAbsent } from '../validation/optional.js';
import { INSTANCE_STATUSES, type InstanceStatus } from './instance.js';
import { SERVICE_NAME } from './register-instance.dto.js';

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
