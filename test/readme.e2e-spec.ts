import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onPrograms, ROOT, startSystem, tempDir, type RunningSystem } from '#testing';
import { runCurlCommands } from './support/curl-session.js';
import { brokenLinksOf, commandsOf, outlineOf, readText } from './support/documentation.js';

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

const pagesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.md'))
    .sort();

/** Pages of the guide in English; each has a Korean one of the same name. */
const GUIDE = pagesIn('docs/guide');
/** Every page whose commands are tested, with its translation. */
const PAGES: readonly (readonly [english: string, korean: string])[] = [
  ['README.md', 'README.ko.md'],
  ...GUIDE.map((name) => [`docs/guide/${name}`, `docs/ko/guide/${name}`] as const),
];
/**
 * Pages whose systems are their own. All of their commands are run by policies/examples.e2e-spec.ts and
 * from-monolith-to-split.e2e-spec.ts.
 */
const hasOwnSystem = (file: string): boolean =>
  /guide\/(?:policies\/README|from-monolith-to-split)\.md$/.test(file);
const FILES = PAGES.flat().filter((file) => !hasOwnSystem(file));

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: folder !== '.' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(folder, name));
/** Every page that links to others. */
const DOCUMENTS = ['.', '.github', 'bench', 'docs'].flatMap(markdownIn);

/** Commands that are not run here as they stand, and where what they promise is tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'npm start': 'npm-start.e2e-spec.ts',
  'npm test': 'the command that runs this test; its last line in summary.e2e-spec.ts',
  'npm run start:split': 'mounts.e2e-spec.ts',
  'npm run cache-tests': 'cache-tests.e2e-spec.ts',
  'npm run build': 'done before any e2e suite, else launchSystem fails',
  'npm run start:gateway': 'the same program as in start:split',
  'npm run start:user-service': 'the same program as in start:split',
  'npm run start:order-service': 'the same program as in start:split',
  'npm run start:product-service': 'the same program as in start:split',
  'npm run new-service -- review': 'new-service.e2e-spec.ts',
  'npm run new-service -- person --plural people': 'new-service.e2e-spec.ts, with another name',
  'npx jest apps/review-service test/review-service': 'new-service.e2e-spec.ts',
  'curl http://localhost:8000/api/review-service/reviews':
    'new-service.e2e-spec.ts, by the spec that is generated',
  [`curl http://localhost:8000/api/review-service/reviews   -H 'content-type: application/json' -d '{"name": "First", "description": "The first review"}'`]:
    'new-service.e2e-spec.ts, by the spec that is generated',
  'npm run seed': 'mounts.e2e-spec.ts, with a URL',
  'npm run seed -- http://localhost:8000': 'mounts.e2e-spec.ts',
  'npm run seed -- --users 10000 --products 10000 --orders 100000': 'seed.e2e-spec.ts, with fewer rows',
  'npm run smoke': 'mounts.e2e-spec.ts, with a URL',
  'npm run smoke -- http://localhost:8000': 'mounts.e2e-spec.ts',
  'python3 -m http.server 9000': 'any HTTP server; a stand-in is started below',
  'npx nest start user-service --watch --no-shell': 'watch.e2e-spec.ts, with the gateway',
  'npm run start:dev': 'watch.e2e-spec.ts, with the gateway alone',
  'LOG_LEVEL=DEBUG npm start --silent > gateway.log': 'logs.e2e-spec.ts, and the shell',
  'npm start --silent > gateway.log': 'logs.e2e-spec.ts, and the shell',
  'kill -USR2 <PID>': 'logs.e2e-spec.ts',
  'GATEWAY_CONFIG=./gateway.yaml npm start': 'npm start; the file in policy-file.e2e-spec.ts',
  'npm run gateway -- check gateway.yaml': 'gateway-command.e2e-spec.ts',
  'npm run gateway -- check docs/guide/moving/from-spring-cloud-gateway.yaml': 'guides.e2e-spec.ts',
  'npm run gateway -- check docs/guide/moving/from-kong.yaml': 'guides.e2e-spec.ts',
  'npm run gateway -- check docs/guide/moving/from-http-proxy-middleware.yaml': 'guides.e2e-spec.ts',
  'npm run gateway -- plan next.yaml': 'policies/decision-record.e2e-spec.ts, with a URL',
  'npm run gateway -- plan next.yaml --record record.ndjson': 'policies/plan.e2e-spec.ts',
  'npm run gateway -- keys new acme --scope orders:write --expires 90d --file api-keys.yaml':
    'gateway-command.e2e-spec.ts',
  "npm run gateway -- explain GET /api/product-service/products -H 'x-user: 7'":
    'gateway-command.e2e-spec.ts',
  'npm run gateway -- token TOKEN --config gateway.yaml --jwks jwks.json': 'gateway-command.e2e-spec.ts',
  'REGISTRY_URL=http://127.0.0.1:8000 PRODUCT_SERVICE_PORT=0 npm run start:product-service':
    'chaos/drills.e2e-spec.ts',
  'npm run chaos -- kill product-service --for 10s': 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- hang product-service --all --for 5s': 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- slow user-service --delay 300ms --max-p99 400ms': 'chaos/drills.e2e-spec.ts',
  "npm run chaos -- errors order-service --percent 30 --path '/orders?limit=1'": 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- hang product-service --process': 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- kill product-service --compose': 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- hang product-service --prod': 'chaos/command-line.e2e-spec.ts',
  'npm -s run chaos -- kill product-service --json': 'chaos/drills.e2e-spec.ts',
  'npm run chaos -- kill product-service --report drill.html': 'chaos/drills.e2e-spec.ts',
  'curl -N http://localhost:8000/api/order-service/orders/stream': 'order-stream.e2e-spec.ts: it has no end',
  'npm run pack': 'packages.e2e-spec.ts',
  'npm install $PACKAGES/msa-gateway-{contracts,registry-client,nest}-*.tgz':
    'joining.e2e-spec.ts, for each version of Nest',
  'npm install express $PACKAGES/msa-gateway-{contracts,registry-client}-*.tgz': 'joining.e2e-spec.ts',
  'curl http://localhost:8000/api/greeter/': 'joining.e2e-spec.ts',
  'pip install fastapi uvicorn': 'joining.e2e-spec.ts, which runs service.py with a stand-in for them',
  'python3 service.py': 'joining.e2e-spec.ts',
  'ADMIN_PORT=9000 npm start': 'npm start; the port in admin-port.e2e-spec.ts',
  'curl http://localhost:9000/metrics': 'admin-port.e2e-spec.ts',
  'npm install $PACKAGES/msa-gateway-gateway-*.tgz': 'packages.e2e-spec.ts, with the other packages',
  'npx msa-gateway init --language python': 'packages.e2e-spec.ts',
  'npx msa-gateway start --config gateway.yaml': 'packages.e2e-spec.ts, with a free port',
  'npx msa-gateway check gateway.yaml --stages ./stages.mjs': 'command/stages.e2e-spec.ts',
  'npx msa-gateway start --config gateway.yaml --stages ./stages.mjs': 'command/stages.e2e-spec.ts',
  'python3 hello/server.py': 'packages.e2e-spec.ts',
  'curl http://localhost:8000/api/hello/': 'packages.e2e-spec.ts',
  'npx msa-gateway services': 'command/operate.e2e-spec.ts',
  'npx msa-gateway top': 'command/top.e2e-spec.ts',
  'npx msa-gateway events --follow --service user-service': 'command/operate.e2e-spec.ts',
  'npx msa-gateway drain user-service user-service-a': 'command/operate.e2e-spec.ts',
  'npx msa-gateway drain user-service-a --resume': 'command/operate.e2e-spec.ts',
  'msa-gateway drain user-service user-service-a --timeout 120 && systemctl restart user-service':
    'command/operate.e2e-spec.ts, and the system',
  'eval "$(npx msa-gateway completion bash)"': 'command/completion.e2e-spec.ts',
  'kill -HUP <PID>': 'policy-file.e2e-spec.ts',
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
  'docker compose --profile monitoring up -d':
    'Docker; its files in deployment/compose.e2e-spec.ts and metrics.e2e-spec.ts',
  'docker compose ps': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose logs -f gateway': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose restart': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose build --no-cache': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker network inspect msa-network': 'Docker; its files in deployment/compose.e2e-spec.ts',
  'docker compose -f docker-compose.prod.yml ps': 'Docker; its files in deployment/compose.e2e-spec.ts',
};

const isCurl = (command: string): boolean => /^(\w+=\$\()?curl /.test(command);

describe('the guide', () => {
  it('has the same pages in both languages', () => {
    expect(pagesIn('docs/ko/guide')).toEqual(GUIDE);
  });

  it('has commands', () => {
    const curls = PAGES.flatMap(([english]) => commandsOf(readText(english))).filter(({ text }) =>
      isCurl(text),
    );
    expect(curls.length).toBeGreaterThan(50);
  });
});

describe.each(FILES)('%s', (file) => {
  const page = readText(file);
  const commands = commandsOf(page).map(({ text }) => text);

  it('has no command without a test', () => {
    const unknown = commands.filter((command) => !isCurl(command) && !(command in ELSEWHERE));
    expect(unknown).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...page.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    const missing = named.filter((script) => !(script in scripts) && !script.includes('review'));
    expect(missing).toEqual([]);
  });
});

describe.each(DOCUMENTS)('%s', (file) => {
  it('links to files and headings that exist', () => {
    expect(brokenLinksOf(file)).toEqual([]);
  });
});

describe.each(PAGES)('%s and %s', (...files) => {
  const [english, korean] = files.map(readText) as [string, string];

  it('have the same commands', () => {
    expect(commandsOf(korean)).toEqual(commandsOf(english));
  });

  it('have the same outline', () => {
    expect(outlineOf(korean)).toEqual(outlineOf(english));
  });
});

describe('the list of commands that are tested elsewhere', () => {
  it('has no command that is on no page', () => {
    const commands = new Set(FILES.flatMap((file) => commandsOf(readText(file)).map(({ text }) => text)));
    expect(Object.keys(ELSEWHERE).filter((command) => !commands.has(command))).toEqual([]);
  });
});

onPrograms(['curl'], 'a running system', () => {
  const data = tempDir();
  let system: RunningSystem;
  let fileServer: Server;

  beforeAll(async () => {
    system = await startSystem('monolith', { DATA_DIR: data.path });
    fileServer = createServer((_request, response) => response.end('files')).listen(0, '127.0.0.1');
    await once(fileServer, 'listening');
  });

  afterAll(async () => {
    fileServer.close();
    await system.process.stop();
    data.remove();
  });

  /** The same command for the ports of this test. */
  function withTestPorts(command: string): string {
    const { port } = fileServer.address() as AddressInfo;
    return command
      .replaceAll('http://localhost:8000', system.url)
      .replaceAll('http://localhost:8001', system.urlOf('user-service'))
      .replaceAll('http://localhost:8002', system.urlOf('order-service'))
      .replaceAll('http://localhost:8003', system.urlOf('product-service'))
      .replaceAll('http://127.0.0.1:9000', `http://127.0.0.1:${port}`);
  }

  // Each page is one shell session: its commands depend on no other page.
  it.each(FILES)(
    'returns the responses that the curl commands of %s promise, in order',
    async (file) => {
      const curls = commandsOf(readText(file)).filter(({ text }) => isCurl(text) && !(text in ELSEWHERE));
      const outputs = await runCurlCommands(curls.map(({ text }) => withTestPorts(text)));
      const results = curls.map(({ text }, index) => `${text}\n  ${outputs[index] ?? 'was not run'}`);
      const wrong = results.filter(
        (_told, index) => !isAsPromised(outputs[index] ?? '', curls[index]!.status),
      );
      expect(wrong).toEqual([]);
    },
    120_000,
  );

  it('has no endpoint that is missing from docs/reference/endpoints.md', async () => {
    const { paths } = (await (await fetch(`${system.url}/docs-json`)).json()) as { paths: object };
    const reference = readText('docs/reference/endpoints.md');
    // A query may follow. Below /api the page shows the paths of a service.
    const isMissing = (path: string): boolean =>
      !['`', '?'].some((end) => reference.includes(`\`${path}${end}`));
    const actual = Object.keys(paths).map((path) => path.replace(/^\/api\/[\w-]+/, ''));
    expect(actual.length).toBeGreaterThan(30);
    expect(actual.filter(isMissing)).toEqual([]);
  });
});

function isAsPromised(output: string, status: number | undefined): boolean {
  return status === undefined ? /^status 2\d\d$/.test(output) : output === `status ${status}`;
}
