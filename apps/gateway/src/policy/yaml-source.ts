import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node } from 'yaml';

/** A problem of a file and where it stands; line and column count from 1. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A member of a mapping. */
export interface Member {
  readonly name: string;
  readonly key: Node;
  readonly value: Node | undefined;
}

const MAX_EXPANSION_BYTES = 1_048_576;
/** Deeply nested brackets cause one error each. */
const MAX_SYNTAX_PROBLEMS = 20;

/** A text in YAML 1.2 or JSON whose values know their place. Collects the problems that its readers find. */
export class YamlSource {
  readonly problems: FileProblem[] = [];
  readonly warnings: FileProblem[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;
  private readonly anchored = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();

  /** If the text has syntax errors, these are the only problems: what stands in the file is not known. */
  constructor(text: string) {
    // Duplicate keys are found by `members`, whose time does not grow with the square of their number.
    const options = { version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false } as const;
    this.document = parseDocument(text, { ...options, lineCounter: this.lines });
    const { errors, warnings, directives } = this.document;
    for (const { pos, message } of [...errors, ...warnings].slice(0, MAX_SYNTAX_PROBLEMS))
      // What follows may show a value.
      this.report(pos[0], message.replace(/[:;].*/s, ''));
    if (directives.yaml.version !== '1.2') this.report(0, 'the file must be YAML 1.2');
    if (this.problems.length === 0) this.followAliases();
  }

  /** The root of the file; `undefined` if it is empty or cannot be read. */
  get root(): Node | undefined {
    return this.problems.length === 0 && this.document.contents ? this.document.contents : undefined;
  }

  report(place: Node | number | undefined, message: string): void {
    this.problems.push(this.placed(place, message));
  }

  /** Reports what is valid and probably not meant. */
  warn(place: Node | number | undefined, message: string): void {
    this.warnings.push(this.placed(place, message));
  }

  private placed(place: Node | number | undefined, message: string): FileProblem {
    const offset = typeof place === 'number' ? place : (place?.range?.[0] ?? 0);
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  }

  /** The members of a mapping, each name once; `undefined` if `node` is no mapping. `path` names it in problems. */
  members(node: Node | undefined, path: string): readonly Member[] | undefined {
    const map = this.resolved(node);
    if (!isMap(map)) {
      this.report(node, `${path} must be a mapping`);
      return undefined;
    }
    const members = new Map<string, Member>();
    for (const { key, value } of map.items) {
      if (!isNode(key)) continue;
      const name = this.resolved(key);
      if (!isScalar(name) || typeof name.value !== 'string') {
        this.report(key, `${path} has a key that is not text`);
        continue;
      }
      const first = members.get(name.value);
      if (first)
        this.report(key, `${path} has ${shown(name.value)} twice; first in line ${this.lineOf(first.key)}`);
      else members.set(name.value, { name: name.value, key, value: isNode(value) ? value : undefined });
    }
    return [...members.values()];
  }

  /** The value of a scalar, or a list of values; mappings have none. */
  valueOf(node: unknown): unknown {
    const found = this.resolved(node);
    if (isSeq(found)) return found.items.map((item) => this.valueOf(item));
    return isScalar(found) ? found.value : undefined;
  }

  /** The form of a value; `undefined` if there is none. */
  kindOf(node: Node | undefined): 'scalar' | 'list' | 'mapping' | undefined {
    const found = this.resolved(node);
    if (isMap(found)) return 'mapping';
    if (isSeq(found)) return 'list';
    return isScalar(found) ? 'scalar' : undefined;
  }

  /** The items of a list; `undefined` if `node` is none. */
  items(node: Node | undefined): readonly (Node | undefined)[] | undefined {
    const found = this.resolved(node);
    return isSeq(found) ? found.items.map((item) => (isNode(item) ? item : undefined)) : undefined;
  }

  /** The value of a member of a mapping, or of an item of a list by its index; `undefined` if there is none. */
  child(node: Node | undefined, name: string): Node | undefined {
    const found = this.resolved(node);
    if (isSeq(found)) return this.items(node)?.[Number(name)];
    const pair = isMap(found)
      ? found.items.findLast(({ key }) => String(this.valueOf(key)) === name)
      : undefined;
    return isNode(pair?.value) ? pair.value : undefined;
  }

  /** A value with everything in it, as plain data. */
  plain(node: unknown): unknown {
    const found = this.resolved(node);
    if (isMap(found))
      return Object.fromEntries(
        found.items.map(({ key, value }) => [String(this.plain(key)), this.plain(value)]),
      );
    if (isSeq(found)) return found.items.map((item) => this.plain(item));
    return isScalar(found) ? found.value : undefined;
  }

  private lineOf(node: Node): number {
    return this.lines.linePos(node.range?.[0] ?? 0).line;
  }

  private resolved(node: unknown): unknown {
    return isAlias(node) ? this.targets.get(node) : node;
  }

  /** Finds what aliases stand for. An alias in its own anchor, or too much text, is a problem. */
  private followAliases(): void {
    let expanded = 0;
    const sizes = new Map<Node, number>();
    const follow = (alias: Alias): number => {
      const target = this.anchored.get(alias.source);
      const size = target ? (sizes.get(target) ?? Infinity) : 0;
      if (!target) this.report(alias, `${shown(alias.source)} is no anchor above this alias`);
      else this.targets.set(alias, target);
      if (expanded <= MAX_EXPANSION_BYTES && expanded + size > MAX_EXPANSION_BYTES)
        this.report(alias, 'aliases expand to more than 1 MiB');
      expanded += size;
      return size;
    };
    const sizeOf = (node: unknown): number => {
      if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
      if (!isNode(node)) return 0;
      if (isAlias(node)) return follow(node);
      if (node.anchor !== undefined) this.anchored.set(node.anchor, node);
      // Empty values count, too: they take time.
      let size = 1;
      if (isMap(node) || isSeq(node)) for (const item of node.items) size += sizeOf(item);
      else size += (node.range?.[1] ?? 0) - (node.range?.[0] ?? 0);
      sizes.set(node, size);
      return size;
    };
    sizeOf(this.document.contents);
  }
}

/** A name from a file as it stands in a problem. */
export const shown = (name: string): string => JSON.stringify(name.slice(0, 80));
