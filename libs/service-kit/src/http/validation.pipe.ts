import type { ArgumentMetadata, PipeTransform, ValidationError } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validateSync } from 'class-validator';
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

const invalidMembers = (errors: readonly ProblemDetailError[]) =>
  validationFailed(`${errors.length} invalid member(s) in the request`, { errors });

const RULES = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: true,
} as const;

const rejectInheritedName = (query: object): void => {
  const name = inheritedNameIn(query);
  if (name !== undefined)
    throw invalidMembers([{ pointer: `/${name}`, detail: `property ${name} should not exist` }]);
};

/** The types that TypeScript emits for a parameter whose type is not a class. */
const NO_DTO: ReadonlySet<unknown> = new Set([undefined, Object, String, Number, Boolean, Array]);

/**
 * Validates bodies and queries against their DTO. Unknown members are rejected, and every invalid member is reported.
 * Nest's own pipe waits for promises and searches for values that JSON cannot contain, gaps in arrays and buffers:
 * three times the cost of the validation itself.
 */
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || NO_DTO.has(metatype)) return value;
    const plain = value ?? {};
    // The body parser has already checked bodies, including nested members.
    if (type === 'query') rejectInheritedName(plain);
    const dto = plainToInstance(metatype as ClassConstructor<object>, plain);
    const errors = validateSync(dto, RULES);
    if (errors.length > 0) throw invalidMembers(flatten(errors, ''));
    return dto;
  }
}
