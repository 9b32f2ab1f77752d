import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LivePolicyFile, type GuardVerdict } from './live-policy-file.js';

const verdict = (changed: number, objection?: string): GuardVerdict => ({
  objection,
  decisions: { unchanged: 0, changed, unknown: 0 },
});

describe('A policy file with a guard', () => {
  let directory: string;
  let file: LivePolicyFile;
  const write = async (service: string): Promise<void> => {
    await writeFile(join(directory, 'gateway.yaml'), `version: 1\nservices: { ${service}: {} }\n`);
  };
  const changed = (): number | undefined => file.lastVerdict?.decisions.changed;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'live-policy-file-'));
    await write('users');
    file = LivePolicyFile.load(join(directory, 'gateway.yaml'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('has no figures of a refused file after the previous content is restored', async () => {
    file.guardBy(() => Promise.resolve(verdict(7, 'too many')));
    await write('orders');
    expect([await file.reload(), changed(), file.lastError?.isRefused]).toEqual(['unchanged', 7, true]);
    await write('users');
    expect([await file.reload(), changed(), file.lastError]).toEqual(['unchanged', 0, undefined]);
  });

  it('keeps the figures of the file that is in effect when it is read again', async () => {
    file.guardBy(() => Promise.resolve(verdict(7)));
    await write('orders');
    expect([await file.reload(), changed()]).toEqual(['changed', 7]);
    expect([await file.reload(), changed()]).toEqual(['unchanged', 7]);
  });
});
