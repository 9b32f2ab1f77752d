import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '#testing';

/** A command of a page, as a reader would paste it. */
export interface Command {
  /** Without its remark; a command of several lines is one. */
  readonly text: string;
  /** The status code that the remark promises; `undefined`: success. */
  readonly status: number | undefined;
}

const BLOCK = /^```(?:bash|sh)\n(.*?)^```$/gms;
const FILE_BLOCK = /^```\w+\n(?:\/\/|#) (\S+\.\w+)\n(.*?)^```$/gms;
const ANY_BLOCK = /^```.*?^```$/gms;
// A line that a quote or a backslash leaves open continues.
const REMARK = /\s+# [^'"]*?(\d{3})$/;

/** A file of the workspace. */
export const readText = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Every command of every shell block, in order. */
export function commandsOf(page: string): Command[] {
  const blocks = [...page.matchAll(BLOCK)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) => joinLines(block).map(toCommand));
}

const joinLines = (block: string): string[] =>
  block
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '');

function toCommand(line: string): Command {
  const remark = REMARK.exec(line);
  return { text: line.replace(REMARK, ''), status: remark ? Number(remark[1]) : undefined };
}

/** The files of a page by their names: blocks whose first line is a comment with the name. */
export const filesOf = (page: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...page.matchAll(FILE_BLOCK)].map(([, name, text]) => [name, text ?? ''] as [string, string]),
  );

/** What a reader of a page does next: writes a file, or runs a command. */
export type Step = Command | { readonly file: string; readonly content: string };

/** The files and commands of a page in their order: a page may change a file that it has shown before. */
export const stepsOf = (page: string): Step[] =>
  [...page.matchAll(ANY_BLOCK)].flatMap(([block]): Step[] => {
    const [[file, content] = []] = Object.entries(filesOf(block));
    return file === undefined ? commandsOf(block) : [{ file, content: content ?? '' }];
  });

/** What a page must have in common with its translation: headings by level, tables by size, blocks by language. */
export function outlineOf(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => /^(#{1,4} |\||```\w)/.test(line))
    .map((line) => {
      if (line.startsWith('#')) return line.replace(/ .*/, '');
      return line.startsWith('|') ? `row of ${line.split('|').length - 2}` : line;
    });
}

/** Links of a page to files of this repository that do not exist, or to headings that their page does not have. */
export const brokenLinksOf = (file: string): string[] =>
  [...withoutBlocks(readText(file)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^\w+:/.test(target) && !isExistingTarget(file, target));

function isExistingTarget(from: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(ROOT, file))) return false;
  return heading === undefined || anchorsOf(readText(file)).includes(decodeURIComponent(heading));
}

/** The anchors of a page: its own, and those that GitHub gives to headings, with a number if one is repeated. */
function anchorsOf(page: string): string[] {
  const own = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!);
  const headings = [...withoutBlocks(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading!);
  const names = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
  const numbered = names.map((name, i) => {
    const before = names.slice(0, i).filter((each) => each === name).length;
    return before === 0 ? name : `${name}-${before}`;
  });
  return [...own, ...numbered];
}

const withoutBlocks = (page: string): string => page.replace(ANY_BLOCK, '');
