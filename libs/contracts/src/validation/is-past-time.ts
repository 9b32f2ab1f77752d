import { registerDecorator } from 'class-validator';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

const isPastTime = (value: unknown): boolean =>
  typeof value === 'string' && ISO_TIME.test(value) && Date.parse(value) <= Date.now();

/** An ISO 8601 date and time with an offset, not in the future by the clock of this process. */
export const IsPastTime = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isPastTime',
    target: target.constructor,
    propertyName: property as string,
    validator: {
      validate: isPastTime,
      defaultMessage: () =>
        '$property must be an ISO 8601 date and time with an offset, such as 2026-01-31T12:00:00Z, and not in the future',
    },
  });
