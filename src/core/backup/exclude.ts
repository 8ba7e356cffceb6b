/** Of a name or a path, as `.gitignore` has them (docs/backup-format.md). Who means none must not leave out everything. */
export function isPattern(text: unknown): text is string {
  return typeof text === 'string' && text.length <= 1_000 && !text.includes('\0') && /[^/]/.test(text);
}
