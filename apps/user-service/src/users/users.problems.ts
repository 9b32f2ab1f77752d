import { defineProblem, notFound, type Problem } from '#contracts';

export const emailTakenKind = defineProblem('email-taken', 409, 'E-mail address already in use');

export const noSuchUser = (): Problem => notFound('no user with this id exists');

export const emailTaken = (cause: unknown): Problem =>
  emailTakenKind('another user has this e-mail address', { cause });
