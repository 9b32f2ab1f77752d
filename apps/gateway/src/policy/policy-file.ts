import { createHash } from 'node:crypto';
import type { Node } from 'yaml';
import { SERVICE_NAME } from '#contracts';
import { nearestName } from './nearest-name.js';
import { FILE_MEMBERS, type PolicySetting } from './policy-schema.js';
import { shown, YamlSource, type FileProblem, type Member } from './yaml-source.js';

/** What one level of the file declares: for each policy member that it has, metadata texts by their keys. */
export type DeclaredMembers = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A valid policy file. */
export interface PolicyFile {
  /** Equal for equal texts. */
  readonly revision: string;
  readonly defaults: DeclaredMembers;
  readonly services: ReadonlyMap<string, DeclaredMembers>;
}

const REVISION_LENGTH = 12;
const ROOT_MEMBERS = ['version', 'defaults', 'services'];
const NOTHING: DeclaredMembers = new Map();

/** A policy file without problems, or its problems in their order. */
export type ParsedPolicyFile = { readonly file: PolicyFile } | { readonly problems: readonly FileProblem[] };

/** Parses the text of a policy file. */
export function parsePolicyFile(text: string): ParsedPolicyFile {
  const source = new YamlSource(text);
  const file = new PolicyFileReader(source).read(revisionOf(text));
  if (source.problems.length === 0) return { file };
  return { problems: source.problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

const revisionOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, REVISION_LENGTH);

class PolicyFileReader {
  constructor(private readonly source: YamlSource) {}

  read(revision: string): PolicyFile {
    const members = this.rootMembers();
    const { defaults, services } = members;
    return {
      revision,
      defaults: defaults ? this.policyMembers(defaults, 'defaults') : NOTHING,
      services: new Map(services ? this.services(services) : []),
    };
  }

  private rootMembers(): Readonly<Record<string, Member>> {
    const { source } = this;
    // An empty file has no root either.
    if (!source.root && source.problems.length > 0) return {};
    const members = source.root ? this.known(source.root, 'the file', ROOT_MEMBERS) : [];
    const byName = Object.fromEntries(members.map((member) => [member.name, member]));
    if (!byName.version) source.report(0, 'the file must have the member "version: 1"');
    else if (source.valueOf(byName.version.value) !== 1)
      source.report(byName.version.value ?? byName.version.key, 'version must be 1');
    return byName;
  }

  private services({ value, key }: Member): [string, DeclaredMembers][] {
    const services = this.source.members(value ?? key, 'services') ?? [];
    return services.map((service) => {
      if (!SERVICE_NAME.test(service.name))
        this.source.report(
          service.key,
          `services has the invalid name ${shown(service.name)}; it must match ${SERVICE_NAME.source}`,
        );
      return [service.name, this.policyMembers(service, `services.${service.name.slice(0, 80)}`)];
    });
  }

  private policyMembers({ value, key }: Member, path: string): DeclaredMembers {
    const members = this.known(value ?? key, path, [...FILE_MEMBERS.keys()]);
    return new Map(members.map((member) => [member.name, this.settings(member, `${path}.${member.name}`)]));
  }

  /** The settings of a policy member, as metadata. */
  private settings({ name, value, key }: Member, path: string): Readonly<Record<string, string>> {
    const settings = Object.values(FILE_MEMBERS.get(name) ?? {});
    const names = settings.map(({ member }) => member);
    const members = this.known(value ?? key, path, names);
    const texts: Record<string, string> = {};
    for (const setting of settings) {
      const member = members.find((each) => each.name === setting.member);
      const text = member && this.textOf(member, setting, path);
      if (text !== undefined) texts[setting.key] = text;
    }
    return texts;
  }

  private textOf(
    { name, value, key }: Member,
    { kind }: PolicySetting<unknown>,
    path: string,
  ): string | undefined {
    const setting = kind.file.read(this.source.valueOf(value));
    if (setting !== undefined) return kind.write(setting);
    this.source.report(value ?? key, `${path}.${name} must be ${kind.file.accepted}`);
    return undefined;
  }

  /** The members with these names; others are problems. */
  private known(node: Node, path: string, names: readonly string[]): readonly Member[] {
    const members = this.source.members(node, path) ?? [];
    for (const { name, key } of members.filter((each) => !names.includes(each.name)))
      this.source.report(key, `${path} has no member ${shown(name)}; ${hintFor(name, names)}`);
    return members.filter(({ name }) => names.includes(name));
  }
}

function hintFor(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? `its members are ${names.join(', ')}` : `did you mean "${nearest}"?`;
}
