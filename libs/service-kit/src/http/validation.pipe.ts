import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { validationFailed, type ProblemDetailError } from '#contracts';

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function flatten(errors: readonly ValidationError[], parent: string): ProblemDetailError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${parent}/${escape(property)}`;
    const own = Object.values(constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...flatten(children ?? [], pointer)];
  });
}

/** Holds bodies and queries against their DTO; unknown members are refused, every bad one is named. */
export const createValidationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const bad = flatten(errors, '');
      return validationFailed(`${bad.length} member(s) of the request are not valid`, { errors: bad });
    },
  });
