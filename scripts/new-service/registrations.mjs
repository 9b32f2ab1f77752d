import { existsSync, readFileSync } from 'node:fs';
import { readTemplate } from './templates.mjs';

/** Adds lines after the last match of `pattern`, the entries of the other services. */
const afterLast = (pattern, lines) => ({
  lines,
  add: (text, rendered) => {
    const last = [...text.matchAll(new RegExp(pattern, 'gm'))].at(-1);
    if (last === undefined) return undefined;
    const end = last.index + last[0].length;
    return `${text.slice(0, end)}\n${rendered}${text.slice(end)}`;
  },
});

/** Adds a block before the line `line`. */
const before = (line, lines) => ({
  lines,
  add: (text, rendered) => {
    const [start, ...rest] = text.split(`\n${line}\n`);
    return rest.length === 1 ? `${start}\n${rendered}\n\n${line}\n${rest[0]}` : undefined;
  },
});

/** Adds an item to the list after `start`, on one line or on several. */
const toList = (start, item) => ({
  lines: item,
  add: (text, rendered) => {
    const list = new RegExp(`(${start}\\s*\\[[^\\]]*?),?(\\s*\\])`);
    return list.test(text) ? text.replace(list, `$1, ${rendered}$2`) : undefined;
  },
});

/** Adds an entry to the object `member` of a JSON file, after the last one whose name matches `pattern`. */
const toJson = (member, pattern, entry) => ({
  lines: JSON.stringify(entry, undefined, 2),
  add: (text, rendered) => {
    const file = JSON.parse(text);
    const entries = Object.entries(file[member]);
    const last = entries.findLastIndex(([name]) => pattern.test(name));
    if (last < 0) return undefined;
    file[member] = Object.fromEntries(
      entries.toSpliced(last + 1, 0, ...Object.entries(JSON.parse(rendered))),
    );
    return JSON.stringify(file, undefined, 2);
  },
});

const TABLE = '<!-- generated:begin [\\w-]+-service -->[^]*?<!-- generated:end -->';
const LAYOUT_LINE = '^apps/[\\w-]+-service/.*$';
const PORT_ROW = '^\\| `\\w+_SERVICE_PORT` .*$';

/** Where services are named, and what names `sample-item-service` there. */
const REGISTRATIONS = {
  'apps/monolith/src/mount.ts': [
    afterLast(
      `^import .* from '#apps/[\\w-]+-service';$`,
      `import { sampleItemService } from '#apps/sample-item-service';`,
    ),
    toList('const SERVICES =', 'sampleItemService'),
  ],
  'package.json': [
    toJson('scripts', /^start:.*-service$/, {
      'start:sample-item-service': 'node --enable-source-maps dist/apps/sample-item-service/src/main.js',
    }),
  ],
  'nest-cli.json': [
    toJson('projects', /-service$/, {
      'sample-item-service': {
        type: 'application',
        root: 'apps/sample-item-service',
        entryFile: 'main',
        sourceRoot: 'apps/sample-item-service/src',
        compilerOptions: { tsConfigPath: 'apps/sample-item-service/tsconfig.app.json' },
      },
    }),
  ],
  'docker/apps.yml': [
    afterLast(
      '^ {4}build: .*APP: [\\w-]+-service,.*$',
      `
  sample-item-service:
    <<: *app
    image: msa-gateway/sample-item-service:\${VERSION:-latest}
    build: { <<: *build, args: { APP: sample-item-service, PORT: 8999, VERSION: '\${VERSION:-latest}' } }`,
    ),
  ],
  'docker-compose.yml': [
    afterLast(
      `^ {6}- '127\\.0\\.0\\.1:\\$\\{\\w+_SERVICE_PORT:-.*$`,
      `      - '127.0.0.1:\${SAMPLE_ITEM_SERVICE_PORT:-8999}:8999'`,
    ),
    afterLast(
      '^ {6}[\\w-]+-service: \\{ condition.*$',
      '      sample-item-service: { condition: service_healthy }',
    ),
    before(
      '  redis:',
      `  sample-item-service:
    extends: { file: docker/apps.yml, service: sample-item-service }
    environment:
      <<: *service-environment
      DATABASE_URL: postgres://sample_item_service:development@postgres:5432/sample_item_service
    networks: [msa-network]
    depends_on: *after`,
    ),
    afterLast(
      '^ {6}\\w+_DATABASE_URL: .*$',
      '      SAMPLE_ITEM_DATABASE_URL: postgres://sample_item_service:development@postgres:5432/sample_item_service',
    ),
  ],
  'docker-compose.prod.yml': [
    afterLast(
      '^ {6}[\\w-]+-service: \\{ condition.*$',
      '      sample-item-service: { condition: service_healthy }',
    ),
    before(
      '  redis:',
      `  sample-item-service:
    <<: *hardened
    extends: { file: docker/apps.yml, service: sample-item-service }
    environment:
      <<: *service-environment
      DATABASE_URL_FILE: /run/secrets/sample_item_database_url
    secrets: [sample_item_database_url, redis_url, registry_token]
    networks: [msa-network, cache, data]
    depends_on: *after
    deploy: *service-deploy`,
    ),
    afterLast(
      '^ {6}\\w+_DATABASE_URL_FILE: .*$',
      '      SAMPLE_ITEM_DATABASE_URL_FILE: /run/secrets/sample_item_database_url',
    ),
    toList('secrets:(?=\\s*\\[\\s*postgres_password)', 'sample_item_database_url'),
    afterLast(
      '^ {2}\\w+_database_url: .*$',
      '  sample_item_database_url: { file: docker/secrets/sample_item_database_url }',
    ),
  ],
  'docker-compose.watch.yml': [
    afterLast(
      '^ {4}environment: \\{ APP: [\\w-]+-service,.*$',
      `
  sample-item-service:
    <<: *watching
    build: { target: workspace }
    command: [node, node_modules/@nestjs/cli/bin/nest.js, start, sample-item-service, --watch, --no-shell]
    environment: { APP: sample-item-service, PORT: 8999, SERVICE_HOST: 0.0.0.0 }`,
    ),
  ],
  'nginx/service-ports.conf': [
    afterLast('^ {2}\\d+ [\\w-]+-service:\\d+;$', '  8999 sample-item-service:8999;'),
    afterLast('^ {2}listen \\d+;$', '  listen 8999;'),
  ],
  'docker/k8s/kustomization.yaml': [
    afterLast('^ {2}- [\\w-]+-service\\.yaml$', '  - sample-item-service.yaml'),
    afterLast(
      '^ {2}- \\{ name: msa-gateway/[\\w-]+-service,.*$',
      '  - { name: msa-gateway/sample-item-service, newTag: latest }',
    ),
  ],
  'docker/k8s/postgres.yaml': [
    afterLast(
      '^ +- \\{ name: \\w+_DATABASE_URL_FILE, .*$',
      '            - { name: SAMPLE_ITEM_DATABASE_URL_FILE, value: /run/secrets/sample_item_database_url }',
    ),
    afterLast(
      '^ +- secret: \\{ name: [\\w-]+-database \\}$',
      '              - secret: { name: sample-item-database }',
    ),
  ],
  'docker/monitoring/prometheus.yml': [
    afterLast(
      '^ +dns_sd_configs: \\[\\{ names: \\[[\\w-]+-service\\].*$',
      `  - job_name: sample-item-service
    dns_sd_configs: [{ names: [sample-item-service], type: A, port: 8999, refresh_interval: 5s }]`,
    ),
  ],
  '.github/workflows/release.yml': [
    afterLast(
      '^ +- \\{ app: [\\w-]+-service, port: \\d+ \\}$',
      '          - { app: sample-item-service, port: 8999 }',
    ),
  ],
  'README.md': [afterLast(LAYOUT_LINE, 'apps/sample-item-service/')],
  'README.ko.md': [afterLast(LAYOUT_LINE, 'apps/sample-item-service/')],
  'docs/reference/configuration.md': [
    afterLast(
      PORT_ROW,
      '| `SAMPLE_ITEM_SERVICE_PORT` | `8999` | Port of sample-item-service; 0: a free one. Value: a whole number from 0 to 65535. |',
    ),
  ],
  'docs/ko/reference/configuration.md': [
    afterLast(
      PORT_ROW,
      '| `SAMPLE_ITEM_SERVICE_PORT` | `8999` | sample-item-service의 포트, 0~65535. 0이면 빈 포트를 씁니다. |',
    ),
  ],
  'docs/reference/endpoints.md': [afterLast(TABLE, `\n${readTemplate('docs/endpoints.en.md').trimEnd()}`)],
  'docs/ko/reference/endpoints.md': [afterLast(TABLE, `\n${readTemplate('docs/endpoints.ko.md').trimEnd()}`)],
  'docs/backup-and-restore.md': [
    afterLast(
      '^docker compose .* pg_dump .*$',
      'docker compose -f docker-compose.prod.yml exec -T postgres pg_dump -U postgres --format=custom sample_item_service > sample_item_service.dump',
    ),
  ],
  'docs/deployment.md': [
    afterLast(
      '^kubectl .* secret generic [\\w-]+-database .*$',
      'kubectl -n msa-gateway create secret generic sample-item-database --from-file docker/secrets/sample_item_database_url',
    ),
  ],
};

/**
 * Names the service wherever services are named.
 * @returns `changed`: paths and new texts; `byHand`: additions without a place, because the file names no other service. A
 * file that does not exist needs none.
 */
export function register(render) {
  const results = Object.entries(REGISTRATIONS)
    .filter(([path]) => existsSync(path))
    .map(([path, additions]) => changeOf(path, additions, render));
  return {
    changed: results.filter(({ isChanged }) => isChanged),
    byHand: results.flatMap(({ byHand }) => byHand),
  };
}

function changeOf(path, additions, render) {
  const byHand = [];
  const original = readFileSync(path, 'utf8');
  const text = additions.reduce((before, { lines, add }) => {
    const after = add(before, render(lines));
    if (after === undefined) byHand.push({ path, text: render(lines) });
    return after ?? before;
  }, original);
  return { path, text, isChanged: text !== original, byHand };
}
