import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { LogOutput } from '#service-kit';
import { tempDir, waitFor } from '#testing';
import { BatchWriter } from './batch-writer.js';

const directory = tempDir();
afterAll(() => directory.remove());

describe('BatchWriter', () => {
  it('writes lines on a timer, and the rest before it has closed', async () => {
    const file = join(directory.path, 'log');
    const writer = new BatchWriter(new LogOutput(openSync(file, 'a')));
    writer.write('one\n');
    await waitFor('the first line', () => readFileSync(file, 'utf8') === 'one\n');
    writer.write('two\n');
    await writer.close();
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  it('does not close before a pending write has ended', async () => {
    const path = join(directory.path, 'blocked');
    execFileSync('mkfifo', [path]);
    const idle = openSync(path, 'r+');
    const writer = new BatchWriter(new LogOutput(openSync(path, 'w')));
    // Larger than the buffer of a pipe: the system accepts a part, and the rest when the pipe is read.
    const line = `${'x'.repeat(1023)}\n`;
    const written = 256;
    for (let i = 0; i < written; i += 1) writer.write(line);
    let hasClosed = false;
    const closing = writer.close().then(() => (hasClosed = true));
    for (let i = 0; i < 10; i += 1) await turn();
    expect(hasClosed).toBe(false);

    const reader = spawn('head', ['-c', String(written * line.length), path]);
    const read = buffer(reader.stdout);
    await closing;
    expect((await read).length).toBe(written * line.length);
    closeSync(idle);
  });

  it('buffers a bounded amount of unread data, and reports how many lines it dropped', async () => {
    const path = join(directory.path, 'pipe');
    execFileSync('mkfifo', [path]);
    // Opens the pipe without reading it; otherwise opening the other end would block.
    const idle = openSync(path, 'r+');
    const writer = new BatchWriter(new LogOutput(openSync(path, 'w')));
    const line = `{"of":"${'x'.repeat(1024)}"}\n`;
    const written = 40 * 1024;
    for (let i = 0; i < written; i += 1) writer.write(line);

    const reader = spawn('cat', [path]);
    let received = 0;
    for await (const text of createInterface(reader.stdout)) {
      const { droppedLines } = JSON.parse(text) as { droppedLines?: number };
      if (droppedLines === undefined) received += 1;
      else {
        expect(droppedLines).toBeGreaterThan(written / 2);
        expect(received + droppedLines).toBe(written);
        break;
      }
    }
    await writer.close();
    closeSync(idle);
    reader.kill();
  });
});
