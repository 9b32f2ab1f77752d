const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';

/**
 * The formats of RFC 9110, section 5.6.7: the usual one, and the two obsolete ones that recipients must accept. Names in
 * another case leave no doubt about the date.
 */
const FORMATS = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`, 'i'),
  new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`, 'i'),
  new RegExp(`^${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`, 'i'),
];

/** A year with two digits that is further in the future is one of the past century. */
const MAX_YEARS_AHEAD = 50;

/** The text that was parsed last: many responses in a row have the same `Date`. */
let [lastText, lastTime]: [string | undefined, number | undefined] = [undefined, undefined];

/** Milliseconds since the epoch; `undefined` for a text that is not a date of HTTP. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text !== lastText) [lastText, lastTime] = [text, parse(text)];
  return lastTime;
}

function parse(text = ''): number | undefined {
  for (const format of FORMATS) {
    const found = format.exec(text)?.groups;
    if (found) return timeOf(found);
  }
  return undefined;
}

function timeOf({ year = '', month = '', day, hour, minute, second }: Record<string, string>): number {
  const fullYear = year.length === 2 ? centuryOf(Number(year)) : Number(year);
  const [days, hours, minutes, seconds] = [day, hour, minute, second].map(Number);
  return Date.UTC(fullYear, MONTHS.indexOf(month.toLowerCase()), days, hours, minutes, seconds);
}

function centuryOf(twoDigits: number): number {
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + twoDigits;
  return year > now + MAX_YEARS_AHEAD ? year - 100 : year;
}
