import { registerDecorator } from 'class-validator';

// Of RFC 3339, but seconds may be left out. Leap seconds are refused: `Date` has none.
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Whether `value` is an ISO 8601 date and time with an offset that exists. `Date.parse` reads it. */
export function isTime(value: unknown): value is string {
  const [, day] = (typeof value === 'string' ? DATE_TIME.exec(value) : undefined) ?? [];
  return day !== undefined && isDay(day);
}

function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  // `Date` takes the 30th of February for the 2nd of March.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}

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
