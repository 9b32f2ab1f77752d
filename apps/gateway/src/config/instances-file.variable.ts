import { makeValidator } from 'envalid';
import { problemsOfFile } from './instances-file.js';

/** The path of a valid list of instances. An invalid list is rejected at start, with all of its problems. */
export const instancesFile = makeValidator<string>((path) => {
  const problems = problemsOfFile(path);
  if (problems.length > 0) throw new Error(`must be a valid instances file: ${problems.join(', ')}`);
  return path;
});
