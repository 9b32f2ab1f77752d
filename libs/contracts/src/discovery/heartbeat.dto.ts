import { IsInt, IsNumber, Max, Min } from 'class-validator';
import { MayBeAbsent } from '../validation/optional.js';

/** Optional body of `POST /discovery/heartbeat/{id}`: how the instance feels. */
export class HeartbeatDto {
  /** Requests that the instance is working on. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  inFlight?: number;

  /** Delay of the instance's event loop, milliseconds. */
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(3_600_000)
  loopLagMs?: number;
}
