import { waitFor } from '#testing';
import type { LogLevel } from '#contracts';
import { pino } from 'pino';
import { LogLevelControl } from './log-level-control.js';

function controlled(configured: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const control = new LogLevelControl(configured);
  const loggers = ['gateway', 'user-service'].map((app) => pino({ base: { app } }, { write }));
  for (const logger of loggers) control.add(logger);
  const followed: LogLevel[] = [];
  control.follow((level) => followed.push(level));
  return { control, loggers, lines, followed };
}

const ORIGIN = { source: 'test' };

describe('LogLevelControl', () => {
  it('gives all loggers the configured level, then each new one', () => {
    const { control, loggers, followed } = controlled('WARN');
    expect(loggers.map(({ level }) => level)).toEqual(['warn', 'warn']);
    control.change('DEBUG', undefined, ORIGIN);
    expect(loggers.map(({ level }) => level)).toEqual(['debug', 'debug']);
    expect(followed).toEqual(['WARN', 'DEBUG']);
    expect(control.state).toEqual({ level: 'DEBUG' });
  });

  it('logs each change once, even at ERROR', () => {
    const { control, lines } = controlled('WARN');
    control.change('ERROR', 60, ORIGIN);
    control.stop();
    expect(lines).toEqual([
      expect.objectContaining({
        app: 'gateway',
        audit: 'log-level',
        previous: 'WARN',
        forSeconds: 60,
        source: 'test',
      }),
    ]);
  });

  it('returns to the configured level when the time of a change is over', async () => {
    const { control, loggers, lines } = controlled('INFO');
    control.change('DEBUG', 1, ORIGIN);
    expect(control.state).toEqual({ level: 'DEBUG', forSeconds: 1, until: expect.any(String) as string });
    await waitFor('the configured level', () => loggers.every(({ level }) => level === 'info'));
    expect(control.state).toEqual({ level: 'INFO' });
    expect(lines.at(-1)).toMatchObject({ source: 'expiry' });
  });

  it('forgets the end of an earlier change', () => {
    const { control } = controlled('INFO');
    control.change('DEBUG', 1, ORIGIN);
    control.change('WARN', undefined, ORIGIN);
    expect(control.state).toEqual({ level: 'WARN' });
  });

  it('toggles debug messages for ten minutes', () => {
    const { control } = controlled('INFO');
    control.toggle(ORIGIN);
    expect(control.state).toMatchObject({ level: 'DEBUG', forSeconds: 600 });
    control.toggle(ORIGIN);
    expect(control.state).toEqual({ level: 'INFO' });
  });
});
