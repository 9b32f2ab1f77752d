/** Whether lines are for a reader at a terminal, by the rule of the apps for LOG_FORMAT. */
export function isPretty({ LOG_FORMAT = 'auto' } = process.env) {
  const format = LOG_FORMAT.toLowerCase();
  return format === 'pretty' || (format !== 'json' && process.stdout.isTTY === true);
}

/** Writes a message of a script to standard output, in the format of the log lines of the apps. */
export function logLine(app, message, fields = {}) {
  const record = { level: 'info', time: new Date().toISOString(), app, ...fields, msg: message };
  process.stdout.write(isPretty() ? `${message}\n` : `${JSON.stringify(record)}\n`);
}
