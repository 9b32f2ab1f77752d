import { styleText } from 'node:util';

/** Text of other programs without control characters, which would steer the terminal. */
export const stripControl = (text) => String(text).replace(/\p{Cc}|\p{Cf}/gu, '\u{fffd}');

/** Whether output is coloured: FORCE_COLOR and NO_COLOR decide, else whether it is a terminal. */
function hasColors({ isTTY }, { FORCE_COLOR, NO_COLOR, TERM }) {
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return Boolean(isTTY) && !NO_COLOR && TERM !== 'dumb';
}

/** Colours text for a stream: `(format, text) => text`. Colour is never the only sign of anything. */
export const painterFor = (stream, env = process.env) =>
  hasColors(stream, env)
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_format, text) => text;

/** Formats of statuses of instances and conditions. */
export const FORMATS = {
  up: 'green',
  ok: 'green',
  starting: 'cyan',
  draining: 'yellow',
  warning: 'yellow',
  down: 'red',
  critical: 'red',
};
