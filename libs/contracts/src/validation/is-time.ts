import { registerDecorator } from 'class-validator';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Whether `value` is an ISO 8601 date and time with an offset. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && ISO_TIME.test(value) && !Number.isNaN(Date.parse(value));

/** An ISO 8601 date and time with an offset. */
export const IsTime = (): PropertyDecorator => (target, property) =>
  registerDecorator({
    name: 'isTime',
    target: target.constructor,
    propertyName: property as string,
    validator: {
      validate: isTime,
      defaultMessage: () =>
        '$property must be an ISO 8601 date and time with an offset, such as 2026-01-31T12:00:00Z',
    },
  });
