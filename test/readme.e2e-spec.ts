import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onPrograms, ROOT, startSystem, tempDir, type RunningSystem } from '#testing';
import { runCurls } from './support/curl-session.js';
import { commandsOf, linksOf, outlineOf, readText } from './support/readme.js';

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
const READMES = ['README.md', 'README.ko.md'];

/** Commands that this suite does not run as written, and where their effect is tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm start': 'npm-start.e2e-spec.ts',
  'npm test': 'the command that runs this test; its last line in summary.e2e-spec.ts',
  'npm run start:split': 'mounts.e2e-spec.ts',
  'npm run build': 'done before any e2e suite, else launchSystem fails',
  'npm run start:gateway': 'the same program as in start:split',
  'npm run start:user-service': 'the same program as in start:split',
  'npm run start:order-service': 'the same program as in start:split',
  'npm run start:product-service': 'the same program as in start:split',
  'npm run seed': 'mounts.e2e-spec.ts, with a URL',
  'npm run seed -- http://localhost:8000': 'mounts.e2e-spec.ts',
  'npm run smoke': 'mounts.e2e-spec.ts, with a URL',
  'npm run smoke -- http://localhost:8000': 'mounts.e2e-spec.ts',
  'python3 -m http.server 9000': 'any HTTP server; a stand-in is started below',
  'npx nest start user-service --watch --no-shell': 'watch.e2e-spec.ts, with the gateway',
  'npm run start:dev': 'watch.e2e-spec.ts, with the gateway alone',
  'LOG_LEVEL=DEBUG npm start > gateway.log': 'npm start, and the shell',
  'tail -f gateway.log': 'the shell',
  "ss -ltnp 'sport = :8002'": 'the system',
  'kill <PID>': 'the shell',
  'ORDER_SERVICE_PORT=8102 npm start': 'npm start; ports are set in every e2e suite',
  'rm -r .data': 'the shell',
  'npm run stack -- up': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- ps': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- logs': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- logs gateway': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- restart user-service': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- rebuild': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- down': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- secrets': 'deployment/stack.e2e-spec.ts',
  'npm run stack -- up --prod': 'deployment/stack.e2e-spec.ts',
  'REDIS_URL=redis://127.0.0.1:6379 GATEWAY_PORT=8010 npm run start:gateway': 'nginx/smoke.e2e-spec.ts',
  'REDIS_URL=redis://127.0.0.1:6379 GATEWAY_PORT=8020 npm run start:gateway': 'nginx/smoke.e2e-spec.ts',
  [`nginx -c "$PWD/nginx/nginx.conf" -g 'daemon off;'`]: 'nginx/smoke.e2e-spec.ts',
  'REGISTRY_URL=http://127.0.0.1 npm run start:user-service': 'nginx/smoke.e2e-spec.ts',
  'npm run stack -- upgrade user-service --prod': 'deployment/roll-out.e2e-spec.ts',
  'npm run backup -- backups/monday': 'deployment/backup.e2e-spec.ts',
  'docker compose up -d --build': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose ps': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose logs -f gateway': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose restart': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose build --no-cache': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker network inspect msa-network': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose -f docker-compose.prod.yml ps': 'Docker; its files in deployment/compose.e2e-spec.ts',
};

const isCurl = (command: string): boolean => /^(\w+=\$\()?curl /.test(command);

describe.each(READMES)('%s', (file) => {
  const readme = readText(file);
  const commands = commandsOf(readme).map(({ text }) => text);

  it('contains only tested commands', () => {
    const unknown = commands.filter((command) => !isCurl(command) && !(command in ELSEWHERE));
    expect(unknown).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    const missing = named.filter((script) => !(script in scripts) && !script.includes('review'));
    expect(missing).toEqual([]);
  });

  it('links to files that exist', () => {
    expect(linksOf(readme).filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });
});

describe('the READMEs', () => {
  const [english, korean] = READMES.map(readText) as [string, string];

  it('have the same commands', () => {
    expect(commandsOf(korean)).toEqual(commandsOf(english));
  });

  it('have the same outline', () => {
    expect(outlineOf(korean)).toEqual(outlineOf(english));
  });

  it('contain every command that is listed as tested elsewhere', () => {
    const commands = commandsOf(english).map(({ text }) => text);
    expect(Object.keys(ELSEWHERE).filter((command) => !commands.includes(command))).toEqual([]);
  });
});

onPrograms(['curl'], 'the curl commands of a README, in order, against a running system', () => {
  const data = tempDir();
  let system: RunningSystem;
  let standIn: Server;

  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: data.path });
    standIn = createServer((_request, response) => response.end('files')).listen(0, '127.0.0.1');
    await once(standIn, 'listening');
  });

  afterAll(async () => {
    standIn.close();
    await system.process.stop();
    data.remove();
  });

  /** Adapts a command to the ports of this test. */
  function here(command: string): string {
    const { port } = standIn.address() as AddressInfo;
    return command
      .replaceAll('http://localhost:8000', system.url)
      .replaceAll('http://localhost:8001', system.urlOf('user-service'))
      .replaceAll('http://localhost:8002', system.urlOf('order-service'))
      .replaceAll('http://localhost:8003', system.urlOf('product-service'))
      .replaceAll('http://127.0.0.1:9000', `http://127.0.0.1:${port}`);
  }

  it.each(READMES)(
    'of %s return the documented statuses',
    async (file) => {
      const curls = commandsOf(readText(file)).filter(({ text }) => isCurl(text));
      const outputs = await runCurls(curls.map(({ text }) => here(text)));
      const told = curls.map(({ text }, index) => `${text}\n  ${outputs[index] ?? 'was not run'}`);
      const wrong = told.filter((_told, index) => !isAsPromised(outputs[index] ?? '', curls[index]!.answers));
      expect(wrong).toEqual([]);
      expect(curls.length).toBeGreaterThan(50);
    },
    120_000,
  );
});

function isAsPromised(output: string, answers: number | undefined): boolean {
  return answers === undefined ? /^status 2\d\d$/.test(output) : output === `status ${answers}`;
}
