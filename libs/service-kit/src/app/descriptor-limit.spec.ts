import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { checkDescriptorLimit } from './descriptor-limit.js';

const limitsWith = (soft: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft.padEnd(20)} 1048576              files\n`;

describe('checkDescriptorLimit', () => {
  const directory = tempDir();
  const path = join(directory.path, 'limits');
  afterAll(() => directory.remove());

  const warnings = (file: string): unknown[] => {
    const lines: unknown[] = [];
    checkDescriptorLimit({ warn: (...line: unknown[]) => void lines.push(line) }, file);
    return lines;
  };

  it('warns below 1024, with the command that raises the limit', () => {
    writeFileSync(path, limitsWith('1023'));
    const message = 'File descriptor limit below 1024; raise it, for example with "ulimit -n 65536"';
    expect(warnings(path)).toEqual([[{ limit: 1023 }, message]]);
  });

  it.each(['1024', 'unlimited'])('does not warn at %s', (soft) => {
    writeFileSync(path, limitsWith(soft));
    expect(warnings(path)).toEqual([]);
  });

  it('does not warn where the system does not report the limit', () => {
    expect(warnings(join(directory.path, 'missing'))).toEqual([]);
  });
});
