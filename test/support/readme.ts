import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#testing';

/** A command of a README, as a reader pastes it. */
export interface Command {
  /** Without its comment; a multi-line command is one. */
  readonly text: string;
  /** The status code that the comment states; `undefined`: success. */
  readonly answers: number | undefined;
}

const BLOCK = /^```(?:bash|sh)\n(.*?)^```$/gms;
// A trailing comment that ends with a status code. It contains no quotes, so that a `#` in a quoted string does
// not match.
const REMARK = /\s+# [^'"]*?(\d{3})$/;

/** Reads a file of the workspace. */
export const readText = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Every command of every shell block, in order. */
export function commandsOf(readme: string): Command[] {
  const blocks = [...readme.matchAll(BLOCK)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) => joinLines(block).map(toCommand));
}

const joinLines = (block: string): string[] =>
  block
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line.trim() !== '');

function toCommand(line: string): Command {
  const remark = REMARK.exec(line);
  return { text: line.replace(REMARK, ''), answers: remark ? Number(remark[1]) : undefined };
}

/** The structure that both READMEs share: headings by level, tables by size, blocks by language. */
export function outlineOf(readme: string): string[] {
  return readme
    .split('\n')
    .filter((line) => /^(#{1,4} |\||```\w)/.test(line))
    .map((line) => {
      if (line.startsWith('#')) return line.replace(/ .*/, '');
      return line.startsWith('|') ? `row of ${line.split('|').length - 2}` : line;
    });
}

/** Targets of links into this repository. */
export const linksOf = (readme: string): string[] =>
  [...readme.matchAll(/\]\(([^):#]+)\)/g)].map(([, target]) => target!);
