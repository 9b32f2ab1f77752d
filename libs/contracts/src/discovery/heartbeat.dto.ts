import { IsBoolean, IsInt, IsNumber, Max, Min } from 'class-validator';
import { MayBeAbsent } from '../validation/optional.js';

export const MAX_IN_FLIGHT = 1_000_000;
export const MAX_LOOP_LAG_MS = 3_600_000;

/** Optional body of `POST /discovery/heartbeat/{id}`: the load and readiness of the instance. */
export class HeartbeatDto {
  /** Requests in flight at the instance. */
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_IN_FLIGHT)
  inFlight?: number;

  /** Delay of the instance's event loop, milliseconds. */
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(MAX_LOOP_LAG_MS)
  loopLagMs?: number;

  /**
   * Whether the instance may receive requests. `true` counts as a passed health check; `false` takes the instance out
   * of rotation until a heartbeat reports `true`.
   */
  @MayBeAbsent()
  @IsBoolean()
  ready?: boolean;
}
