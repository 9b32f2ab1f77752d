import { Matches } from 'class-validator';
import { IsText } from '../validation/is-text.js';
import { IsWholeNumber } from '../validation/is-whole-number.js';
import { MayBeAbsent } from '../validation/optional.js';
import { INSTANCE_ID, MAX_WEIGHT, NO_CONTROL_CHARACTERS, SERVICE_NAME } from './registration-rules.js';
import { HasInternalPaths, IsHealthPath, IsInstanceUrl, IsMetadata } from './registration.validators.js';

/** Body of `POST /discovery/register`. Only `name` and `url` are required. */
export class RegisterInstanceDto {
  @Matches(SERVICE_NAME, { message: 'name must match ^[a-z][a-z0-9-]{0,62}$' })
  name!: string;

  /** Origin of the instance: http or https, nothing after the port. */
  @IsInstanceUrl()
  url!: string;

  /** Registering the same `id` again renews the instance. If absent, the registry creates an id. */
  @MayBeAbsent()
  @Matches(INSTANCE_ID, {
    message: 'id must be 1 to 128 letters, digits, ".", "_" and "-", starting with a letter or digit',
  })
  id?: string;

  @MayBeAbsent()
  @IsText({ max: 64 })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'version must not have control characters' })
  version?: string;

  /** Share of traffic relative to the other instances of the service; an instance with 0 receives none. */
  @MayBeAbsent()
  @IsWholeNumber(0, MAX_WEIGHT)
  weight?: number;

  /** Lease duration in seconds: how long the instance stays registered without a heartbeat. */
  @MayBeAbsent()
  @IsWholeNumber(2, 300)
  ttlSeconds?: number;

  /** Path of the health check; a status below 500 passes. */
  @MayBeAbsent()
  @IsHealthPath()
  healthPath?: string;

  @MayBeAbsent()
  @IsMetadata()
  @HasInternalPaths()
  metadata?: Record<string, string>;
}
