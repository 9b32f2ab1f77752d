import type { Language } from './languages';

/** Numbers, durations and times as short text. */
export interface Format {
  /** Three significant digits, with thousands separators: `0.25`, `12.5`, `1,240`. */
  readonly number: (value: number) => string;
  /** A share of 0 to 1 as a percentage. */
  readonly percent: (share: number) => string;
  /** Milliseconds: `0.4 ms`, `250 ms`, `1.5 s`, `3 min`, `2 h`, `5 d`. */
  readonly duration: (ms: number) => string;
  readonly bytes: (count: number) => string;
  /** How long before `now` a time was, or how long after: `3 s ago`, `in 5 min`. Both ISO 8601. */
  readonly relative: (at: string, now: string) => string;
  /** Time of day in the browser's time zone, with the day if it is not that of `now`. */
  readonly time: (at: string, now?: string) => string;
  /** Day and time in the browser's time zone. */
  readonly dateTime: (at: string) => string;
}

interface UnitTexts {
  readonly ms: string;
  readonly s: string;
  readonly min: string;
  readonly h: string;
  readonly d: string;
  readonly now: string;
  ago(duration: string): string;
  ahead(duration: string): string;
}

const UNITS: Readonly<Record<Language, UnitTexts>> = {
  en: {
    ms: '\u00a0ms',
    s: '\u00a0s',
    min: '\u00a0min',
    h: '\u00a0h',
    d: '\u00a0d',
    now: 'just now',
    ago: (duration) => `${duration}\u00a0ago`,
    ahead: (duration) => `in\u00a0${duration}`,
  },
  ko: {
    ms: '\u00a0ms',
    s: '초',
    min: '분',
    h: '시간',
    d: '일',
    now: '방금',
    ago: (duration) => `${duration}\u00a0전`,
    ahead: (duration) => `${duration}\u00a0후`,
  },
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

function createFormat(language: Language): Format {
  const units = UNITS[language];
  const digits = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const timeOfDay = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' });
  const dayAndTime = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  const number = (value: number): string => (Math.abs(value) < 1000 ? digits : whole).format(value);
  const coarse = (ms: number): string => {
    if (ms < MINUTE) return `${Math.floor(ms / SECOND)}${units.s}`;
    if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${units.min}`;
    if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)}${units.h}`;
    return `${Math.floor(ms / DAY)}${units.d}`;
  };
  return {
    number,
    percent: (share) => percents.format(share),
    duration: (ms) => {
      if (ms < SECOND) return `${number(ms)}${units.ms}`;
      return ms < MINUTE ? `${number(ms / SECOND)}${units.s}` : coarse(ms);
    },
    bytes: (count) => {
      const power = count < 1 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), BYTE_UNITS.length - 1);
      return `${number(count / 1000 ** power)}\u00a0${BYTE_UNITS[power] ?? ''}`;
    },
    relative: (at, now) => {
      const elapsed = Date.parse(now) - Date.parse(at);
      if (Math.abs(elapsed) < SECOND) return units.now;
      return elapsed > 0 ? units.ago(coarse(elapsed)) : units.ahead(coarse(-elapsed));
    },
    time: (at, now) => {
      const date = new Date(at);
      const isToday = now === undefined || new Date(now).toDateString() === date.toDateString();
      return (isToday ? timeOfDay : dayAndTime).format(date);
    },
    dateTime: (at) => dayAndTime.format(new Date(at)),
  };
}

const FORMATS: Readonly<Record<Language, Format>> = { en: createFormat('en'), ko: createFormat('ko') };

/** Stands for a figure that nothing was measured for. */
export const NO_FIGURE = '–';

/** How a language writes figures. */
export const formatOf = (language: Language): Format => FORMATS[language];
