import { readFileSync } from 'node:fs';
import { GATEWAY_VERSION } from './gateway.version.js';

it('is the version of package.json', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(GATEWAY_VERSION).toBe(version);
});
