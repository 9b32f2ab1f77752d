import { IsUUID } from 'class-validator';
import { IsTime } from './is-time.js';
import { MayBeAbsent } from './optional.js';

/** Members that every resource has and that clients cannot set. */
const READ_ONLY_MEMBERS: Readonly<Record<string, PropertyDecorator>> = {
  id: IsUUID(),
  createdAt: IsTime(),
  updatedAt: IsTime(),
};

/**
 * Allows the DTO of a change to carry the read-only members of its resource, because clients send back what they
 * read. The service requires that `id` and `createdAt` equal those of the resource. It ignores `updatedAt`: comparing
 * it would reject a repeated request.
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
