import { escapeUnprintable } from '../core/bytes';

/**
 * Text of others for a notification: notifications make links of `[text](command:…)`, so that a name or note could
 * offer to run a command. A word joiner between the brackets breaks the link and shows the text as it is.
 */
export function forNotification(text: string): string {
  return escapeUnprintable(text).replaceAll('](', ']\u2060(');
}

/** Text of others for a quick pick, which shows `$(name)` as an icon unless it is escaped. */
export function forQuickPick(text: string): string {
  return escapeUnprintable(text).replace(/\$\(/g, '\\$(');
}
