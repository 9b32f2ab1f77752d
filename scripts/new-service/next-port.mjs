import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '../lib/services.mjs';

const GATEWAY_PORT = 8000;

/** The port after the highest default port of a service. */
export function nextPort() {
  const ports = SERVICES.flatMap((name) => {
    const source = join('apps', name, 'src');
    const apps = readdirSync(source).filter((file) => file.endsWith('.app.ts'));
    return apps.flatMap((file) => portsIn(readFileSync(join(source, file), 'utf8')));
  });
  return Math.max(GATEWAY_PORT, ...ports) + 1;
}

const portsIn = (text) => [...text.matchAll(/defaultPort: (\d+)/g)].map(([, port]) => Number(port));
