const SECOND_MS = 1000;
let second = 0;
let text = '';

/** The current time in the format of the `Date` field; formatted once per second. */
export function httpDate(): string {
  const now = Math.floor(Date.now() / SECOND_MS);
  if (now !== second) {
    second = now;
    text = new Date(now * SECOND_MS).toUTCString();
  }
  return text;
}
