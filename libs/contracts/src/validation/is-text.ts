import { registerDecorator, type ValidationOptions } from 'class-validator';

/** Minimum and maximum length of a text in UTF-16 code units, both inclusive. `min` defaults to 1. */
export interface TextLimits {
  readonly min?: number;
  readonly max: number;
}

// Lone surrogates cannot be encoded as UTF-8, and PostgreSQL cannot store U+0000.
const isStorable = (value: string): boolean => value.isWellFormed() && !value.includes('\0');

const isBlank = (value: string): boolean => value.trim() === '';

/** A string of well-formed Unicode without U+0000, within `limits`; not blank unless `min` is 0. */
export function IsText(limits: TextLimits, options?: ValidationOptions): PropertyDecorator {
  const min = limits.min ?? 1;
  return (target, property) =>
    registerDecorator({
      name: 'isText',
      target: target.constructor,
      propertyName: property as string,
      constraints: [min, limits.max],
      ...(options && { options }),
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.length >= min &&
          value.length <= limits.max &&
          isStorable(value) &&
          (min === 0 || !isBlank(value)),
        defaultMessage: () => `$property must be a string of ${min} to ${limits.max} characters`,
      },
    });
}
