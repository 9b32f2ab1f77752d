import { Controller, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { defineEvent, INTERNAL_PATHS_KEY, type CloudEvent } from '#contracts';
import { bootForTest, call, waitFor, type TestApp } from '#testing';
import { defineService } from '../service/define-service.js';
import { MAX_ATTEMPTS } from './consumer/attempts.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { OnEvent } from './on-event.js';
import { sampleEvent } from './redis/testing/sample-events.js';

const noteChanged = defineEvent<object>('test.note.changed', 'A note changed', {});
const handled: string[] = [];

@Controller()
class NoteEvents {
  @OnEvent(noteChanged)
  record(@Payload() { id }: CloudEvent): void {
    handled.push(id);
  }
}

@Module({ controllers: [NoteEvents] })
class NotesModule {}

const noteService = defineService({
  name: 'note-service',
  version: '1.0.0',
  portVariable: 'NOTE_SERVICE_PORT',
  defaultPort: 0,
  hasEvents: true,
  migrations: {},
  module: () => ({ module: NotesModule }),
});

describe('dead letters', () => {
  const [dead, later] = [1, 2].map((count) => sampleEvent('notes', 'a', count, noteChanged.type));
  let app: TestApp;
  const http = (line: string) => call(app.url, line);

  beforeEach(async () => {
    handled.length = 0;
    app = await bootForTest(noteService);
    const parked = app.nest.get(ParkedEvents, { strict: false });
    await parked.park(dead!, 'no note has this id');
    await parked.postpone(dead!, MAX_ATTEMPTS, 'no note has this id');
    await parked.park(later!);
  });
  afterEach(() => app.close());

  it('are listed with the failure', async () => {
    const { status, body } = await http('GET /events/dead-letters');
    expect([status, body]).toEqual([
      200,
      [
        {
          event: dead,
          attempts: MAX_ATTEMPTS,
          error: 'no note has this id',
          parkedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        },
      ],
    ]);
  });

  it('are handled again by a replay, and then the later events of their subject', async () => {
    expect((await http(`POST /events/dead-letters/${dead!.id}/replay`)).status).toBe(202);
    await waitFor('both events', () => handled.length === 2);
    expect(handled).toEqual([dead!.id, later!.id]);
    expect((await http('GET /events/dead-letters')).body).toEqual([]);
  });

  it('are discarded, so that later events of their subject are handled', async () => {
    expect((await http(`DELETE /events/dead-letters/${dead!.id}`)).status).toBe(204);
    await waitFor('the later event', () => handled.length === 1);
    expect(handled).toEqual([later!.id]);
  });

  it('are 404 by another id, also that of an event which only waits', async () => {
    for (const line of [`POST /events/dead-letters/${later!.id}/replay`, 'DELETE /events/dead-letters/other'])
      expect((await http(line)).status).toBe(404);
    expect(handled).toEqual([]);
  });

  it('are not for clients of the gateway', () => {
    const body = noteService.registration!(noteService.readConfig({}), 'http://127.0.0.1:1');
    expect(body.metadata).toEqual({ [INTERNAL_PATHS_KEY]: '/events' });
  });
});
