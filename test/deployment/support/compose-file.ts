import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '#testing';

/** The members of a compose service that specs read. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly extends?: { readonly file: string; readonly service: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly timeout: string;
    readonly start_period: string;
  };
  readonly restart?: string;
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources: { readonly limits: Readonly<Record<string, string | number>> };
  };
}

export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

const load = (path: string): ComposeFile =>
  parse(readFileSync(join(ROOT, path), 'utf8'), { merge: true }) as ComposeFile;

// Paths of an extended service are relative to the file that defines it.
function inherited(file: string, service: string): ComposeService {
  const base = load(file).services[service];
  if (base === undefined) throw new Error(`${file} has no service ${service}`);
  const context = base.build && join(dirname(file), base.build.context);
  return { ...base, ...(context !== undefined && { build: { ...base.build!, context } }) };
}

/** A compose file of the workspace, with `extends` resolved. */
export function readComposeFile(path: string): ComposeFile {
  const file = load(path);
  const services = Object.entries(file.services).map(([name, service]) => {
    const base = service.extends && inherited(service.extends.file, service.extends.service);
    return [name, { ...base, ...service }] as const;
  });
  return { ...file, services: Object.fromEntries(services) };
}
