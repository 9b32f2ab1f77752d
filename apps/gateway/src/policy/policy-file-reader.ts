import { SERVICE_NAME } from '#contracts';
import { reportCombinations, type DeclaredLevel } from './combinations.js';
import type { DeclaredMember, DeclaredMembers } from './declared-members.js';
import {
  AUTHENTICATION,
  identityFieldsOf,
  keyFieldsOf,
  statesCallers,
  type Authentication,
} from './members/authentication.js';
import { spelled } from './fixed-fields.js';
import { FILE_ONLY_MEMBERS, NONE, RESPONDING_MEMBERS } from './file-only-members.js';
import { FILE_MEMBERS, type PolicySetting } from './policy-schema.js';
import { RouteList, type FileRoute } from './route-list.js';
import { ROUTE_MATCH, ROUTE_TARGET } from './route-match.js';
import { knownMembers, placeOf, report, type FileContext, type Place, type Shape } from './shapes.js';
import { declaredName } from './text-shapes.js';
import { shown, type Member, type YamlSource } from './yaml-source.js';

/** What a policy file declares. */
export interface FileContents {
  readonly authentication: Authentication;
  /** Text by name of the provider; equal for providers that do the same, also for the fields of their callers. */
  readonly providerTexts: ReadonlyMap<string, string>;
  /** Header fields, in lower case, that carry API keys. */
  readonly keyFields: ReadonlySet<string>;
  readonly defaults: DeclaredMembers;
  readonly services: ReadonlyMap<string, DeclaredMembers>;
  /** Routes by the service that they match; the most specific first. */
  readonly routes: ReadonlyMap<string, readonly FileRoute[]>;
}

const MAX_ROUTES = 10_000;
const ROOT_MEMBERS = ['version', 'authentication', 'defaults', 'services', 'routes'];
const POLICY_MEMBERS = [...FILE_MEMBERS.keys(), ...Object.keys(FILE_ONLY_MEMBERS)];
/** A contract is that of a whole service. */
const SERVICE_MEMBERS: readonly string[] = ['contract'];
const ROUTE_MEMBERS = [
  ...['name', 'match', 'to'],
  ...POLICY_MEMBERS.filter((name) => !SERVICE_MEMBERS.includes(name)),
];
const NOTHING: DeclaredMembers = new Map();
const NO_PROVIDERS: Authentication = { jwt: undefined, apiKey: undefined };

/** Reads the contents of a policy file, and reports all of its problems to the source. */
export class PolicyFileReader {
  private readonly levels: DeclaredLevel[] = [];

  constructor(
    private readonly source: YamlSource,
    private context: FileContext,
  ) {}

  read(): FileContents {
    const { authentication, defaults, services, routes } = this.rootMembers();
    const providers = (authentication && AUTHENTICATION.read(this.placeOf(authentication))) ?? NO_PROVIDERS;
    const providerTexts = this.providerTexts(authentication, statesCallers(providers));
    const keyFields = keyFieldsOf(providers);
    this.context = {
      ...this.context,
      providers: new Set(providerTexts.keys()),
      identityFields: new Set(Array.from(identityFieldsOf(providers), spelled)),
      keyFields: new Set(Array.from(keyFields, spelled)),
    };
    const file: FileContents = {
      authentication: providers,
      providerTexts,
      keyFields,
      defaults: defaults ? this.policyMembers(this.placeOf(defaults), 'defaults') : NOTHING,
      services: new Map(services ? this.services(this.placeOf(services)) : []),
      routes: routes ? this.routes(this.placeOf(routes)) : new Map(),
    };
    reportCombinations(this.levels);
    return file;
  }

  private placeOf({ name, key, value }: Member): Place {
    return { source: this.source, node: value ?? key, path: name, context: this.context };
  }

  private rootMembers(): Readonly<Record<string, Member>> {
    const { source, context } = this;
    // An empty file has no root either.
    if (!source.root && source.problems.length > 0) return {};
    const members =
      source.root &&
      knownMembers({ source, node: source.root, path: 'the file', context }, ROOT_MEMBERS)?.members;
    const byName = Object.fromEntries(members ?? []);
    if (!byName.version) source.report(0, 'the file must have the member "version: 1"');
    else if (source.valueOf(byName.version.value) !== 1)
      source.report(byName.version.value ?? byName.version.key, 'version must be 1');
    return byName;
  }

  private providerTexts(
    authentication: Member | undefined,
    marksCallers: boolean,
  ): ReadonlyMap<string, string> {
    const kinds = (this.source.plain(authentication?.value) ?? {}) as Record<string, unknown>;
    const texts = new Map<string, string>();
    for (const [kind, providers] of Object.entries(kinds))
      for (const [name, provider] of Object.entries((providers ?? {}) as Record<string, unknown>)) {
        if (texts.has(name) && authentication)
          report(
            this.placeOf(authentication),
            `authentication has two providers with the name ${shown(name)}`,
          );
        texts.set(name, JSON.stringify([kind, provider, ...(marksCallers ? ['states callers'] : [])]));
      }
    return texts;
  }

  private services(place: Place): [string, DeclaredMembers][] {
    const services = this.source.members(place.node, place.path) ?? [];
    return services.map((service) => {
      if (!SERVICE_NAME.test(service.name))
        this.source.report(
          service.key,
          `services has the invalid name ${shown(service.name)}; it must match ${SERVICE_NAME.source}`,
        );
      return [service.name, this.policyMembers(placeOf(place, service), 'services', service.name)];
    });
  }

  private policyMembers(place: Place, kind: DeclaredLevel['kind'], service?: string): DeclaredMembers {
    const members = knownMembers(place, POLICY_MEMBERS)?.members ?? new Map<string, Member>();
    const values = this.declaredMembers(place, members);
    this.levels.push({ kind, service, place, members, values });
    return values;
  }

  private declaredMembers(place: Place, found: ReadonlyMap<string, Member>): DeclaredMembers {
    const [, second] = RESPONDING_MEMBERS.flatMap((name) => found.get(name) ?? []).filter(
      ({ value }) => this.source.valueOf(value) !== NONE,
    );
    if (second) this.source.report(second.key, `${place.path} must not have both "respond" and "redirect"`);
    const members = [...found.values()].filter(({ name }) => POLICY_MEMBERS.includes(name));
    return new Map(members.flatMap((member) => this.policyMember(place, member)));
  }

  private policyMember(parent: Place, member: Member): [string, DeclaredMember][] {
    const place = placeOf(parent, member);
    if (FILE_MEMBERS.has(member.name)) return [[member.name, { texts: this.settings(place, member.name) }]];
    const { shape } = FILE_ONLY_MEMBERS[member.name as keyof typeof FILE_ONLY_MEMBERS];
    const value = shape.read(place);
    if (value === undefined) return [];
    const plain = this.source.plain(member.value);
    return [[member.name, { value: value === NONE ? undefined : value, plain }]];
  }

  /** The settings of a policy member, as metadata. */
  private settings(place: Place, name: string): Readonly<Record<string, string>> {
    const settings = Object.values(FILE_MEMBERS.get(name) ?? {});
    const found = knownMembers(
      place,
      settings.map(({ member }) => member),
    );
    const texts: Record<string, string> = {};
    for (const setting of settings) {
      const member = found?.members.get(setting.member);
      const text = member && this.textOf(placeOf(place, member), member, setting);
      if (text !== undefined) texts[setting.key] = text;
    }
    return texts;
  }

  private textOf(place: Place, { value }: Member, { kind }: PolicySetting<unknown>): string | undefined {
    const setting = kind.file.read(this.source.valueOf(value));
    if (setting !== undefined) return kind.write(setting);
    return report(place, `${place.path} must be ${kind.file.accepted}`);
  }

  private routes(place: Place): ReadonlyMap<string, readonly FileRoute[]> {
    const nodes = this.source.items(place.node);
    if (!nodes || nodes.length > MAX_ROUTES) {
      report(place, `routes must be a list of at most ${MAX_ROUTES} routes`);
      return new Map();
    }
    const routes = new RouteList();
    nodes.forEach((node, i) => {
      const at = { ...place, node: node ?? place.node, path: `routes[${i}]` };
      const route = this.route(at);
      if (route) routes.add(route, at);
    });
    return routes.byService();
  }

  private route(place: Place): FileRoute | undefined {
    const found = knownMembers(place, ROUTE_MEMBERS);
    if (!found) return undefined;
    const read = <T>(name: string, shape: Shape<T>): T | undefined => {
      const member = found.members.get(name);
      return member && shape.read(placeOf(place, member));
    };
    for (const name of ['name', 'match'])
      if (!found.members.has(name)) report(place, `${place.path} must have the member "${name}"`);
    const [name, match, to] = [
      read('name', declaredName),
      read('match', ROUTE_MATCH),
      read('to', ROUTE_TARGET),
    ];
    const declared = this.declaredMembers(place, found.members);
    if (name === undefined || !match) return undefined;
    this.levels.push({
      kind: 'routes',
      service: match.service,
      to: to?.service,
      place,
      members: found.members,
      values: declared,
    });
    return { name, match, to: to?.service, members: declared };
  }
}
