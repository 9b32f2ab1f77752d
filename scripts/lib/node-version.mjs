/**
 * Rejects a Node.js version that is too old with a message instead of a syntax error. Imported for its side effect, before all
 * other modules; uses only syntax that old versions can parse.
 */
const FLOOR = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  console.error(
    'This project needs Node.js ' +
      FLOOR.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      '. ' +
      'See https://nodejs.org/en/download',
  );
  process.exit(1);
}
