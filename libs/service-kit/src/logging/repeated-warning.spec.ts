import { RepeatedWarning } from './repeated-warning.js';

describe('RepeatedWarning', () => {
  it('logs the first event at once, and counts later events until one is logged a minute later', () => {
    const lines: unknown[] = [];
    const clock = { ms: 0 };
    const warn = (...line: unknown[]): void => void lines.push(line);
    const warning = new RepeatedWarning({ warn }, 'no descriptors', () => clock.ms);
    for (let i = 0; i < 3; i += 1) warning.record({ code: 'EMFILE' });
    expect(lines).toEqual([[{ code: 'EMFILE', count: 1 }, 'no descriptors']]);
    clock.ms = 60_000;
    warning.record({ code: 'ENFILE' });
    expect(lines.slice(1)).toEqual([[{ code: 'ENFILE', count: 3 }, 'no descriptors']]);
  });
});
