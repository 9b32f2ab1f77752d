import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '#testing';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly 'timeout-minutes': number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
}

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { scripts, engines } = JSON.parse(textOf('package.json')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};
interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflowOf = (name: string): Workflow => parse(textOf(`.github/workflows/${name}`)) as Workflow;
const jobsOf = (name: string): readonly Job[] => Object.values(workflowOf(name).jobs);
const stepsOf = (name: string): readonly Step[] => jobsOf(name).flatMap(({ steps }) => steps);
const commandsOf = (name: string): string =>
  stepsOf(name)
    .flatMap(({ run }) => run ?? [])
    .join('\n');

describe.each(['ci.yml', 'release.yml'])('.github/workflows/%s', (name) => {
  it('has read-only permissions by default, and a time limit', () => {
    expect(workflowOf(name).permissions).toEqual({ contents: 'read' });
    expect(jobsOf(name).filter((job) => !(job['timeout-minutes'] <= 30))).toEqual([]);
  });

  it('runs only scripts that exist', () => {
    const npm = [...commandsOf(name).matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(npm.filter((script) => !(script in scripts))).toEqual([]);
    const files = [...commandsOf(name).matchAll(/node (scripts\/\S+)/g)].map(([, file]) => file!);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('uses actions pinned by digest', () => {
    const used = stepsOf(name).flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });
});

describe('.nvmrc', () => {
  it('names the Node.js version of the images', () => {
    const [, image] = /^ARG NODE=(\d+)-/m.exec(textOf('docker/Dockerfile'))!;
    expect(textOf('.nvmrc').trim()).toBe(image);
  });
});

describe('.github/workflows/ci.yml', () => {
  const commands = commandsOf('ci.yml');

  it('runs every step of .ci/run', () => {
    const steps = [...textOf('.ci/run').matchAll(/^step (.+)$/gm)].map(([, command]) => command!);
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it('tests on every supported Node.js version, starting with the oldest', () => {
    const floor = Number(/^>=(\d+)/.exec(engines.node)![1]);
    expect(workflowOf('ci.yml').jobs.test?.strategy?.matrix.node).toEqual([floor, floor + 2, floor + 4]);
  });
});

describe('.github/workflows/release.yml', () => {
  const { jobs } = workflowOf('release.yml');

  it('publishes packages with an identity in place of a token, and no other job has one', () => {
    const trusted = Object.keys(jobs).filter((name) => jobs[name]!.permissions?.['id-token'] === 'write');
    expect(trusted).toEqual(['packages']);
    expect(JSON.stringify(jobs.packages)).not.toMatch(/secrets\.|TOKEN/);
  });
});
