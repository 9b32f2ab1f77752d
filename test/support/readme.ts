import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '#testing';

/** A command of a README, as a reader would paste it. */
export interface Command {
  /** Without its remark; a command of several lines is one. */
  readonly text: string;
  /** The status code that the remark promises; `undefined`: success. */
  readonly answers: number | undefined;
}

const BLOCK = /^```(?:bash|sh)\n(.*?)^```$/gms;
// A line that a quote or a backslash leaves open goes on.
const REMARK = /\s+# [^'"]*?(\d{3})$/;

/** A file of the workspace. */
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

/** What two READMEs must have in common: headings by level, tables by size, blocks by language. */
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
