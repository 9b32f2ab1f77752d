import { ValidateIf } from 'class-validator';

/** The member may be left out. Unlike class-validator's `IsOptional`, `null` is not the same as absent. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

/** The member may be left out, or be `null` to remove it (JSON merge patch, RFC 7396). */
export const MayBeRemoved = (): PropertyDecorator =>
  ValidateIf((_object, value) => value !== undefined && value !== null);
