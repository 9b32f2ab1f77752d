import { parsed } from '#service-kit';

/** A share such as `1%` or `0.5%`; the value is in percent. */
export const percent = parsed<number>('a share from 0% to 100%, such as 0.5%', (input) => {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(input) ?? [];
  return digits !== undefined && Number(digits) <= 100 ? Number(digits) : undefined;
});
