import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { validationFailed, type ProblemDetailError } from '#contracts';
import { inheritedNameIn } from './inherited-names.js';

const escape = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function flatten(errors: readonly ValidationError[], parent: string): ProblemDetailError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${parent}/${escape(property)}`;
    const own = Object.values(constraints ?? {}).map((detail) => ({ pointer, detail }));
    return [...own, ...flatten(children ?? [], pointer)];
  });
}

const refused = (errors: readonly ProblemDetailError[]) =>
  validationFailed(`${errors.length} member(s) of the request are not valid`, { errors });

class StrictValidationPipe extends ValidationPipe {
  // The body parser has looked at bodies already, further down too.
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const name = metadata.type === 'query' ? inheritedNameIn(Object(value) as object) : undefined;
    if (name === undefined) return super.transform(value, metadata) as Promise<unknown>;
    throw refused([{ pointer: `/${name}`, detail: `property ${name} should not exist` }]);
  }
}

/** Holds bodies and queries against their DTO; unknown members are refused, every bad one is named. */
export const createValidationPipe = (): ValidationPipe =>
  new StrictValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => refused(flatten(errors, '')),
  });
