import { parsed } from '#service-kit';

/** A number from 0 to 1, such as `0.05`. */
export const fraction = parsed<number>('a number from 0 to 1, such as 0.05', (input) =>
  /^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/.test(input) ? Number(input) : undefined,
);
