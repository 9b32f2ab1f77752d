import { IsISO8601, IsUUID } from 'class-validator';
import { MayBeAbsent } from './optional.js';

/** The members that every resource has and no client sets. */
const READ_ONLY_MEMBERS: Readonly<Record<string, PropertyDecorator>> = {
  id: IsUUID(),
  createdAt: IsISO8601(),
  updatedAt: IsISO8601(),
};

/**
 * Lets a DTO of a change carry the read-only members of its resource, as a client sends back what it read. The service
 * requires that `id` and `createdAt` are those of the resource. It ignores `updatedAt`: comparing it would refuse a repeated
 * request.
 *
 * @example
 * \@AcceptsReadOnlyMembers()
 * class UserReplacementDto extends UserDto {}
 */
export const AcceptsReadOnlyMembers = (): ClassDecorator => (Dto) => {
  const prototype = Dto.prototype as object;
  for (const [member, validate] of Object.entries(READ_ONLY_MEMBERS)) {
    MayBeAbsent()(prototype, member);
    validate(prototype, member);
  }
};
