import { registerDecorator } from 'class-validator';
import { isTime } from './is-time.js';

const isPastTime = (value: unknown): boolean => isTime(value) && Date.parse(value) <= Date.now();

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
