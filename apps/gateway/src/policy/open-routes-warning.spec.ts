import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '#testing';
import { LivePolicyFile } from './live-policy-file.js';
import { OpenRoutesWarning } from './open-routes-warning.js';

describe('The warning of open routes', () => {
  const folder = tempDir('open-routes-');
  afterAll(() => folder.remove());
  const path = join(folder.path, 'gateway.yaml');
  const load = (...members: readonly string[]): LivePolicyFile => {
    writeFileSync(path, ['version: 1', ...members].join('\n'));
    return LivePolicyFile.load(path);
  };
  let warnings: number;
  const logger = { warn: () => void (warnings += 1) };
  beforeEach(() => (warnings = 0));

  it.each([
    [1, undefined],
    [1, ['services: { users: { access: { allow: [10.0.0.0/8] } } }']],
    [0, ['defaults: { auth: none }']],
    [0, ['services: { users: { auth: none } }']],
    [0, ['routes: [{ name: a, match: { service: users }, auth: none }]']],
    [
      0,
      [
        'authentication: { apiKey: { partners: { header: x-api-key, keysFile: keys.yaml } } }',
        'defaults: { auth: { anyOf: [partners] } }',
      ],
    ],
  ])('is given %i times with the file %j', (count, members) => {
    new OpenRoutesWarning(members && load(...members), logger).onModuleInit();
    expect(warnings).toBe(count);
  });

  it('is given again when a changed file opens all routes', async () => {
    const file = load('defaults: { auth: none }');
    new OpenRoutesWarning(file, logger).onModuleInit();
    writeFileSync(path, 'version: 1\n');
    await file.reload();
    expect(warnings).toBe(1);
  });
});
