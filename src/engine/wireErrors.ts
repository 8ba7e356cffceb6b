import { Cancelled, Failure, isFailure } from '../core/failure';
import { asRecord, asText } from './wire/read';
import { wordsWithoutSecrets } from './wire/secrets';

const lost = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ENOTSOCK',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The one place where what a request throws becomes a `Failure`. Status and message of the engine are kept in the details. */
export function toFailure(error: unknown): Failure | Cancelled {
  if (isFailure(error) || error instanceof Cancelled) return error;
  const { statusCode, json, code, message } = asRecord(error);
  if (typeof statusCode === 'number') {
    const words = engineWords(json, asText(message).replace(/^\(HTTP code \d+\) [^-]*- /, ''));
    // What an engine answers while it shuts down.
    if (/database not open|shutting down/i.test(words)) return new Failure('engineLost', { message: words });
    return new Failure('engineError', { status: statusCode, message: words });
  }
  const said = { message: cut(wordsWithoutSecrets(asText(message))) };
  if (code === 'EACCES' || code === 'EPERM') return new Failure('enginePermissionDenied', said, { cause: error });
  if (code === 'ETIMEDOUT') return new Failure('engineNotAnswering', said, { cause: error });
  if (lost.has(asText(code)) || /socket hang up/.test(said.message))
    return new Failure('engineLost', said, { cause: error });
  return new Failure('engineError', said, { cause: error });
}

/** HTTP status of an engine's refusal; undefined for everything else. */
export function statusOf(error: unknown): number | undefined {
  return isFailure(error, 'engineError') ? error.details.status : undefined;
}

export function wordsOf(error: unknown): string {
  return isFailure(error, 'engineError', 'engineLost', 'engineNotAnswering') ? (error.details.message ?? '') : '';
}

const refusing = /mount|volume|bind|option|path|denied|permi|not allowed|not shared|read-only/i;
const passing = /busy|again|temporar|time[d ]*out|deadline|no space|quota|input.output|too many|no such image/i;

/** Whether an engine does not allow a mount, so that to try again is of no use. Starts that are refused are a 500, too. */
export function isRefusedMount(error: unknown): boolean {
  const status = statusOf(error);
  if (status === 400 || status === 403) return true;
  // Our own names hold the words.
  const words = wordsOf(error).replace(/volumes-for-docker\S*/g, '');
  return (status === 500 || status === 501) && refusing.test(words) && !passing.test(words);
}

/** An engine says {"message": …}; a proxy in between says HTML or nothing. */
function engineWords(body: unknown, fallback: string): string {
  const said = Buffer.isBuffer(body)
    ? body.toString()
    : asText(asRecord(body)['message'] ?? asRecord(body)['cause'] ?? body);
  const text = /^\s*</.test(said) ? said.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ') : said;
  return cut(
    wordsWithoutSecrets(text || fallback)
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
