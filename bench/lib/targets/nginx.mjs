import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#scripts/lib/free-port.mjs';
import { Child } from '../child.mjs';
import { which } from '../machine.mjs';
import { filesIn } from '../memory.mjs';
import { responds } from '../network.mjs';

const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const cachePath = (folder, maxMiB) =>
  `proxy_cache_path ${folder} levels=1:2 keys_zone=bench:16m max_size=${maxMiB}m inactive=1d use_temp_path=off;`;
/** One upstream request for equal misses, as this gateway sends. */
const CACHE = 'proxy_cache bench; proxy_cache_lock on; add_header X-Cache $upstream_cache_status;';

// One worker, keep-alive connections on both sides, and the fields that a gateway adds, so that both do the same work.
const configuration = ({ directory, port, upstream, cacheMiB }) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 16384;
daemon off;
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 8192; }
http {
  access_log off;
  ${paths.map((path) => `${path}_temp_path ${directory}/${path};`).join('\n  ')}
  keepalive_requests 100000000;
  client_body_buffer_size 64k;
  proxy_max_temp_file_size 0;
  ${cacheMiB === undefined ? '' : cachePath(join(directory, 'cache'), cacheMiB)}
  upstream bench {
    server ${upstream.addresses[0]}:${upstream.port};
    keepalive 1024;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location /api/bench/ {
      ${cacheMiB === undefined ? '' : CACHE}
      proxy_pass http://bench/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Request-Id $request_id;
    }
  }
}
`;

/**
 * nginx as a reverse proxy.
 * @param cacheMiB size of its cache; without it nothing is cached
 */
export const nginxTarget = ({ name, title, cacheMiB }) => ({
  name,
  title,
  prefix: '/api/bench',
  missing: () => (which('nginx') ? undefined : 'not installed: nginx-light'),
  async start({ upstream, directory: parent }) {
    const port = await freePort();
    const directory = join(parent, `nginx-${port}`);
    mkdirSync(directory);
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, configuration({ directory, port, upstream, cacheMiB }));
    const args = ['-p', directory, '-c', file, '-e', 'stderr'];
    const child = new Child({ role: 'gateway', command: which('nginx'), args, directory });
    const url = `http://127.0.0.1:${port}`;
    await child.until(() => responds(`${url}/api/bench/1`));
    return { url, child, stored: async () => filesIn(join(directory, 'cache')) };
  },
});
