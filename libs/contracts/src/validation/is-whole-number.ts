import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

/** A whole number from `min` to `max`, both inclusive. One rule, so that its message is right for every value. */
export const IsWholeNumber =
  (min: number, max = Infinity): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'isWholeNumber',
      target: target.constructor,
      propertyName: property as string,
      constraints: [min, max],
      validator: {
        validate: (value: unknown) =>
          Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
        defaultMessage: () =>
          max === Infinity
            ? `$property must be a whole number of at least ${min}`
            : `$property must be a whole number from ${min} to ${max}`,
      },
    });

/** Reads a query parameter of decimal digits as a number; anything else fails {@link IsWholeNumber}. */
export const QueryInteger = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
  );
