import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { Child } from '../child.mjs';
import { which } from '../machine.mjs';
import { responds } from '../network.mjs';

// One thread, keep-alive connections on both sides, and the fields that a gateway adds, so that both do the same work.
const configuration = (port, upstream) => `
global
  nbthread 1
  maxconn 8192
  tune.maxrewrite 2048
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend bench_in
  bind 127.0.0.1:${port} backlog 4096
  option forwardfor
  unique-id-format %{+X}o%ci-%cp-%Ts-%rt
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-path %[path,regsub(^/api/bench,)]
  default_backend bench_out
backend bench_out
  server upstream ${upstream.addresses[0]}:${upstream.port}
`;

/** HAProxy as a reverse proxy. */
export const haproxy = {
  name: 'haproxy',
  title: 'HAProxy',
  prefix: '/api/bench',
  missing: () => (which('haproxy') ? undefined : 'not installed: haproxy'),
  async start({ upstream, directory }) {
    const port = await freePort();
    const file = join(directory, `haproxy-${port}.cfg`);
    writeFileSync(file, configuration(port, upstream));
    const args = ['-db', '-f', file];
    const child = new Child({ role: 'gateway', command: which('haproxy'), args, directory });
    const url = `http://127.0.0.1:${port}`;
    await child.until(() => responds(`${url}/api/bench/1`));
    return { url, child };
  },
};
