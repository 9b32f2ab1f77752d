import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#scripts/lib/free-port.mjs';
import { Child } from '../child.mjs';
import { which } from '../machine.mjs';
import { responds } from '../network.mjs';

const run = promisify(execFile);

const program = ({ addresses, port }) => `
vcl 4.1;
backend bench { .host = "${addresses[0]}"; .port = "${port}"; }
sub vcl_recv { set req.url = regsub(req.url, "^/api/bench", ""); }
`;

/** Varnish, with its objects in memory. */
export const varnishTarget = ({ name, title, cacheMiB }) => ({
  name,
  title,
  prefix: '/api/bench',
  missing: () => (which('varnishd') ? undefined : 'not installed: varnish'),
  async start({ upstream, directory: parent }) {
    const port = await freePort();
    const directory = join(parent, `varnish-${port}`);
    mkdirSync(directory);
    const file = join(directory, 'bench.vcl');
    writeFileSync(file, program(upstream));
    const listen = ['-F', '-j', 'none', '-a', `127.0.0.1:${port}`, '-f', file, '-n', join(directory, 'work')];
    const args = [...listen, '-s', `malloc,${cacheMiB}M`];
    const child = new Child({ role: 'gateway', command: which('varnishd'), args, directory });
    const url = `http://127.0.0.1:${port}`;
    await child.until(() => responds(`${url}/api/bench/1`));
    return { url, child, stored: () => storedIn(join(directory, 'work')) };
  },
});

async function storedIn(work) {
  const { stdout } = await run('varnishstat', ['-1', '-n', work, '-f', 'MAIN.n_object']);
  return { objects: Number(/n_object\s+(\d+)/.exec(stdout)?.[1] ?? 0), bytes: 0 };
}
