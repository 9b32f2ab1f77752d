import { defineProblem, notFound, type Problem } from '#contracts';

const emailIsTaken = defineProblem('email-taken', 409, 'The e-mail address is taken');

export const noSuchUser = (): Problem => notFound('there is no user of this id');

export const emailTaken = (cause: unknown): Problem =>
  emailIsTaken('another user has this e-mail address', { cause });
