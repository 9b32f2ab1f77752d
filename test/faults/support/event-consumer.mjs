/**
 * A process that handles events of a group. Appends a line `subject sequence` to a file for each: appends of several
 * processes are atomic, so the file has the order of all. Arguments: Redis URL, prefix, group, types with commas between them, and the file.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStreamTransport } from '#service-kit';

const [url, prefix, group, types, file] = process.argv.slice(2);
const log = (_details, message) => process.stderr.write(`${message}\n`);

const transport = RedisStreamTransport.open({ url, prefix }, { info: log, warn: log, error: log });
const handled = types.split(',');
await transport.subscribe(group, handled, async ({ type, subject, sequence }) => {
  // Without a store it cannot keep the event, which therefore waits.
  if (!handled.includes(type)) throw new Error(`there is no handler for ${type}`);
  await sleep(2);
  appendFileSync(file, `${subject} ${sequence}\n`);
  process.stdout.write(`handled ${sequence}\n`);
});
process.on('SIGTERM', () => void transport.close());
