import type { BacklogDto, EventBacklogDto } from '#contracts';
import { AppReport } from './app-report.js';

const BACKLOG = { name: 'pending orders', count: 2 };
const EVENTS = { waiting: 3, oldestSeconds: 2, deadLetters: 0 };

describe('AppReport', () => {
  const neverEnds = () => new Promise<never>(() => undefined);

  it('has what the modules of the app count', async () => {
    const report = new AppReport();
    expect(await report.read()).toEqual({});
    report.backlog = () => Promise.resolve(BACKLOG);
    report.events = () => Promise.resolve(EVENTS);
    expect(await report.read()).toEqual({ backlog: BACKLOG, events: EVENTS });
  });

  it('leaves out a count that fails or takes too long', async () => {
    const report = new AppReport();
    report.backlog = () => Promise.resolve(BACKLOG);
    report.events = neverEnds;
    expect(await report.read()).toEqual({ backlog: BACKLOG });
    report.backlog = () => Promise.reject(new Error('connection lost'));
    expect(await report.read()).toEqual({});
  });

  it('does not count again while a count runs, and reports its result when it ends', async () => {
    const report = new AppReport();
    let end: (counts: EventBacklogDto) => void = () => undefined;
    const events = jest.fn(() => new Promise<EventBacklogDto>((resolve) => (end = resolve)));
    report.events = events;
    await report.read();
    await report.read();
    expect(events).toHaveBeenCalledTimes(1);

    const reported = report.read();
    end(EVENTS);
    expect(await reported).toEqual({ events: EVENTS });
    expect(events).toHaveBeenCalledTimes(1);
    await report.read();
    expect(events).toHaveBeenCalledTimes(2);
  });

  it('counts again after a count has thrown', async () => {
    const report = new AppReport();
    const backlog = jest.fn((): Promise<BacklogDto> => {
      throw new Error('no such table');
    });
    report.backlog = backlog;
    expect(await report.read()).toEqual({});
    await report.read();
    expect(backlog).toHaveBeenCalledTimes(2);
  });
});
