import { makeValidator } from 'envalid';
import { problemsOfFile } from './instances-file.js';

/** The path of a list of instances that can be used as it is: a bad one is named at start, with all that is bad in it. */
export const instancesFile = makeValidator<string>((path) => {
  const problems = problemsOfFile(path);
  if (problems.length > 0) throw new Error(`must be a file of instances: ${problems.join(', ')}`);
  return path;
});
